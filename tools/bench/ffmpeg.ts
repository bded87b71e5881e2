/** ffmpeg, found as HyperFrames finds it, and other short-lived helper programs. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { findCommand } from "../cli/run/find-command.js";

const LONGEST_MS = 5 * 60_000;
const LARGEST_OUTPUT = 64 * 1024 * 1024;

const isWindows = process.platform === "win32";
const FFMPEG = isWindows ? "ffmpeg.exe" : "ffmpeg";

/** What a program is run under. */
export interface ProgramLimits {
  /** Default: five minutes. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Runs a program, resolves with its standard output; a failure carries what it printed. */
export function runProgram(
  program: string,
  args: readonly string[],
  { timeoutMs = LONGEST_MS, signal }: ProgramLimits = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: timeoutMs, maxBuffer: LARGEST_OUTPUT, encoding: "utf8" as const, signal };
    const child = execFile(program, [...args], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${program} ${args.join(" ")}\n${stderr.slice(-4000)}`, { cause: error }));
    });
    // ffmpeg reads commands from its standard input and would take them from a terminal.
    child.stdin?.end();
  });
}

/** Where ffmpeg may be. */
export interface FfmpegPlaces {
  /** `HYPERFRAMES_FFMPEG_PATH`: where it is set, nothing else counts. */
  readonly configured?: string | undefined;
  readonly path: string;
  /** Tried where it is not on the PATH. */
  readonly beside: readonly string[];
}

/** Where HyperFrames looks for it. Source: `findFfBinary` of `@hyperframes/parsers` 0.8.64. */
export function ffmpegPlaces(): FfmpegPlaces {
  const { env } = process;
  const folders = isWindows ? [] : ["/opt/homebrew/bin", "/usr/local/bin", "/usr/bin", "/bin", "/snap/bin"];
  return {
    configured: env.HYPERFRAMES_FFMPEG_PATH?.trim() || undefined,
    path: env.PATH ?? "",
    beside: [join(process.cwd(), ".hyperframes", "bin"), ...folders].map((folder) => join(folder, FFMPEG)),
  };
}

/** ffmpeg's name or path, as HyperFrames itself finds it. */
export function ffmpegProgram({ configured, path, beside } = ffmpegPlaces()): string {
  const isOnPath = findCommand(FFMPEG, path) === undefined;
  const other = isOnPath ? undefined : beside.find((file) => existsSync(file));
  return configured ?? other ?? "ffmpeg";
}

/** Runs ffmpeg without its banner. */
export function ffmpeg(args: readonly string[], limits?: ProgramLimits): Promise<string> {
  return runProgram(ffmpegProgram(), ["-hide_banner", "-v", "error", ...args], limits);
}

/** One line for each decoded frame: its time, its size and the MD5 of its pixels, as one of ffmpeg's filters shows it. */
export async function frameHashes(file: string, limits?: ProgramLimits, filter = "null"): Promise<string[]> {
  const output = await ffmpeg(["-i", file, "-map", "0:v:0", "-vf", filter, "-f", "framemd5", "-"], limits);
  return output.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}
