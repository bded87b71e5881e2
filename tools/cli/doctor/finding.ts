/** What a finding means for a render. */
export type FindingStatus =
  /** As it should be. */
  | "ok"
  /** The render works, slower than it could be or not as somebody meant it. */
  | "warning"
  /** The swap or the render itself does not happen. */
  | "fault";

/** What was looked at, in the order in which it is told. */
export type CheckName =
  | "switches"
  | "stats"
  | "binary"
  | "runtime"
  | "packages"
  | "chrome"
  | "page"
  | "ffmpeg"
  | "memory";

/** Stable names of all findings; docs/doctor.md has a line for each. */
export type FindingCode =
  | "SWITCHED_ON"
  | "SWITCHED_OFF"
  | "SWITCH_UNKNOWN"
  | "CLIP_KEPT"
  | "MEDIA_KEPT"
  | "STATS_WRITABLE"
  | "STATS_UNWRITABLE"
  | "BINARY_LOADS"
  | "BINARY_MISSING"
  | "BINARY_BROKEN"
  | "RUNTIME_HAS_PLUGINS"
  | "RUNTIME_HAS_HOOKS"
  | "RUNTIME_WITHOUT_HOOKS"
  | "PACKAGE_SWAPPED"
  | "PACKAGE_LEFT_ALONE"
  | "PACKAGE_WITHOUT_FUNCTION"
  | "CLIP_LEFT_ALONE"
  | "COMMAND_NOT_LOADED"
  | "COMMAND_WITHOUT_HYPERFRAMES"
  | "NO_PACKAGE"
  | "NO_PACKAGE_SWAPPED"
  | "CHROME_STARTS"
  | "CHROME_PATH_WRONG"
  | "CHROME_DOES_NOT_START"
  | "CHROME_MISSING"
  | "CHROME_OUT_OF_SIGHT"
  | "CHROME_NOT_TRIED"
  | "PAGE_TRANSPORT"
  | "PAGE_POLICY"
  | "PAGE_TRANSPORT_REJECTED"
  | "PAGE_SHOWS_NO_FRAME"
  | "PAGE_WITHOUT_VIDEO"
  | "PAGE_MISSING"
  | "PAGE_DOES_NOT_LOAD"
  | "PAGE_NOT_TRIED"
  | "FFMPEG_STARTS"
  | "FFMPEG_MISSING"
  | "FFMPEG_BROKEN"
  | "MEMORY_ENOUGH"
  | "MEMORY_SMALL"
  | "CHECK_FAILED";

/** One thing that doctor found. */
export interface Finding {
  readonly code: FindingCode;
  readonly check: CheckName;
  readonly status: FindingStatus;
  /** What was found, one sentence. */
  readonly found: string;
  /** The same in a few words, where it is as it should be. */
  readonly brief?: string;
  /** What to do about it, one sentence. */
  readonly advice: string;
  /** The same for machines; bytes where no unit is named. */
  readonly details?: object;
}

/** The first line of what was thrown. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().split("\n", 1)[0] ?? "";
}
