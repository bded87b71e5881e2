import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Finding, reasonOf } from "./finding.js";

const LONGEST_MS = 10_000;

/** Where ffmpeg may be. */
export interface FfmpegPlaces {
  /** `HYPERFRAMES_FFMPEG_PATH`: where it is set, nothing else counts. */
  readonly configured?: string | undefined;
  readonly path: string;
  /** Tried where it is not on the PATH. */
  readonly beside: readonly string[];
}

/** Source: `findFfBinary` of `@hyperframes/parsers` 0.8.64. */
export function ffmpegPlaces(): FfmpegPlaces {
  const { env } = process;
  const windows = process.platform === "win32";
  const folders = windows ? [] : ["/opt/homebrew/bin", "/usr/local/bin", "/usr/bin", "/bin", "/snap/bin"];
  const own = join(process.cwd(), ".hyperframes", "bin", windows ? "ffmpeg.exe" : "ffmpeg");
  return {
    configured: env.HYPERFRAMES_FFMPEG_PATH?.trim() || undefined,
    path: env.PATH ?? "",
    beside: [own, ...folders.map((folder) => join(folder, "ffmpeg"))],
  };
}

/** Whether the ffmpeg that HyperFrames would take starts, and its version. */
export async function checkFfmpeg(places: FfmpegPlaces = ffmpegPlaces()): Promise<Finding> {
  const { configured, path, beside } = places;
  const programs =
    configured === undefined ? ["ffmpeg", ...beside.filter((file) => existsSync(file))] : [configured];
  for (const program of programs) {
    try {
      const { stdout } = await promisify(execFile)(program, ["-version"], {
        timeout: LONGEST_MS,
        env: { ...process.env, PATH: path },
      });
      const version = stdout.split("\n", 1)[0]?.trim() ?? "";
      return {
        code: "FFMPEG_STARTS",
        check: "ffmpeg",
        status: "ok",
        brief: /^ffmpeg version \S+/.exec(version)?.[0] ?? version,
        found: `${version} (${program === "ffmpeg" ? "on the PATH" : program}).`,
        advice: "Nothing to do.",
        details: { program, version },
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") continue;
      return {
        code: "FFMPEG_BROKEN",
        check: "ffmpeg",
        status: "fault",
        found: `${program} -version fails: ${reasonOf(error)}.`,
        advice:
          "Install ffmpeg anew, or set HYPERFRAMES_FFMPEG_PATH to one that works; no render works without it.",
        details: { program },
      };
    }
  }
  return {
    code: "FFMPEG_MISSING",
    check: "ffmpeg",
    status: "fault",
    found:
      configured === undefined
        ? "There is no ffmpeg on the PATH, nor where HyperFrames looks besides."
        : `HYPERFRAMES_FFMPEG_PATH=${configured} does not exist.`,
    advice:
      configured === undefined
        ? "Install ffmpeg, or set HYPERFRAMES_FFMPEG_PATH to it; no render works without it."
        : "Set HYPERFRAMES_FFMPEG_PATH to an ffmpeg that exists, or unset it; no render works without it.",
    details: { tried: programs },
  };
}
