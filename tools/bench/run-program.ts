/** Short-lived helper programs (ffmpeg, ffprobe). */
import { execFile } from "node:child_process";

const LONGEST_MS = 5 * 60_000;
const LARGEST_OUTPUT = 64 * 1024 * 1024;

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

/** ffmpeg's name or path, as HyperFrames itself finds it. */
export function ffmpegProgram(): string {
  return process.env.HYPERFRAMES_FFMPEG_PATH ?? "ffmpeg";
}

/** Runs ffmpeg without its banner. */
export function ffmpeg(args: readonly string[], limits?: ProgramLimits): Promise<string> {
  return runProgram(ffmpegProgram(), ["-hide_banner", "-v", "error", ...args], limits);
}
