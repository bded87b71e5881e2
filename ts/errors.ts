/** Errors and warnings of this package. */
import { isFirstInRun, wrongVariables } from "./settings.js";

/**
 * Stable codes of the errors and warnings this package raises itself. Errors of the page (puppeteer's) are never
 * wrapped: upstream matches on their text.
 */
export type ErrorCode =
  /** The frame file does not exist. */
  | "FRAME_NOT_FOUND"
  /** The frame file could not be opened or read (permissions, I/O). */
  | "FRAME_UNREADABLE"
  /** The frame's path is a directory. */
  | "FRAME_IS_DIRECTORY"
  /** The frame file has no bytes. */
  | "FRAME_EMPTY"
  /** The bytes are neither PNG nor JPEG. */
  | "FRAME_NOT_AN_IMAGE"
  /** A PNG without IEND or a JPEG without EOI. */
  | "FRAME_CUT_SHORT"
  /** The file changed while it was being read. */
  | "FRAME_CHANGED"
  /** The frame cannot be sent as one data URI. */
  | "FRAME_TOO_LARGE"
  /** An option has a value that cannot be used. */
  | "INVALID_OPTION"
  /** A transport cannot serve this page; another one does. */
  | "TRANSPORT_UNUSABLE"
  /** The loopback frame server could not be started. */
  | "SERVER_UNAVAILABLE"
  /** There is no native binary for this platform, or it is not installed. */
  | "BINDING_MISSING"
  /** The native binary is there and does not load. */
  | "BINDING_BROKEN"
  /** A bundle with upstream's function was left as it is: the swap would not be clean. */
  | "SWAP_NOT_CLEAN"
  /** The statistics file cannot be written. */
  | "STATISTICS_UNWRITABLE"
  /** The logger of a render threw. */
  | "LOGGER_FAILED"
  /** Neither `@hyperframes/engine` nor the options give upstream's `createVideoFrameInjector`. */
  | "PAGE_FUNCTIONS_MISSING"
  /** A fault of this package, never of the input. */
  | "INTERNAL";

/** The subject of an error; every field that is known is set. */
export interface ErrorDetails {
  /** The frame file concerned. */
  readonly path?: string;
  /** The `<video>` whose frame it was. */
  readonly videoId?: string;
  /** What the user can do about it, one sentence. */
  readonly advice?: string;
  readonly cause?: unknown;
}

/** Base of all errors of this package: a stable `code` and, where known, the path, the video and what to do. */
export class HyperframesNativeError extends Error {
  override readonly name: string = "HyperframesNativeError";
  readonly code: ErrorCode;
  readonly path: string | undefined;
  readonly videoId: string | undefined;
  readonly advice: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.path = details.path;
    this.videoId = details.videoId;
    this.advice = details.advice;
  }
}

/** A frame that could not be read or, with strict checking, whose bytes are not a whole picture. */
export class FrameError extends HyperframesNativeError {
  override readonly name = "FrameError";

  /**
   * Makes a `FrameError` of what the native cache rejected with. The first words of the message stay those of Node's
   * own error (`ENOENT: no such file or directory, open ...`), which upstream matches on.
   */
  static from(error: unknown, videoId?: string): unknown {
    if (error instanceof FrameError && (videoId === undefined || error.videoId !== undefined)) return error;
    if (!isCoded(error)) return error;
    const about = videoId === undefined ? "" : ` (video "${videoId}")`;
    const advice = error.advice === undefined || videoId === undefined ? "" : ` ${error.advice}`;
    return new FrameError(error.code, `${error.message}${about}${advice}`, {
      cause: error instanceof FrameError ? error.cause : error,
      ...(error.path === undefined ? {} : { path: error.path }),
      ...(error.advice === undefined ? {} : { advice: error.advice }),
      ...(videoId === undefined ? {} : { videoId }),
    });
  }
}

/** Whether a fault of this package ended the call; the native side throws a plain `Error` with this code for one. */
export function isInternal(error: unknown): boolean {
  return error instanceof Error && (error as Partial<CodedError>).code === "INTERNAL";
}

interface CodedError extends Error {
  readonly code: ErrorCode;
  readonly path?: string;
  readonly advice?: string;
}

function isCoded(error: unknown): error is CodedError {
  return error instanceof Error && error.name === "FrameError" && "code" in error;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Type of every process warning of this package; filter with `node --disable-warning=HyperframesNativeWarning`. */
export const WARNING_TYPE = "HyperframesNativeWarning";

const given = new Set<string>();

/** Warns once a process for each `key`. */
export function warnOnce(key: string, message: string, code: string): void {
  if (given.has(key)) return;
  given.add(key);
  process.emitWarning(message, { type: WARNING_TYPE, code });
}

/** Warns once a run: what is wrong with the environment is wrong in every process that is started with it. */
export function warnOncePerRun(key: string, message: string, code: string): void {
  if (!given.has(key) && isFirstInRun(key)) warnOnce(key, message, code);
}

export function warnOfWrongVariables(): void {
  for (const { name, found, advice } of wrongVariables())
    warnOncePerRun(`env:${name}`, `${found} ${advice}`, "INVALID_OPTION");
}
