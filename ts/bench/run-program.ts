/** Short-lived helper programs (ffmpeg, ffprobe). */
import { execFile } from "node:child_process";

const LONGEST_MS = 5 * 60_000;
const LARGEST_OUTPUT = 64 * 1024 * 1024;

/** Runs a program, resolves with its standard output; a failure carries what it printed. */
export function runProgram(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: LONGEST_MS, maxBuffer: LARGEST_OUTPUT, encoding: "utf8" as const };
    const child = execFile(program, [...args], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${program} ${args.join(" ")}\n${stderr.slice(-4000)}`, { cause: error }));
    });
    // ffmpeg reads commands from its standard input and would take them from a terminal.
    child.stdin?.end();
  });
}

/** ffmpeg as HyperFrames itself finds it. */
export function ffmpeg(args: readonly string[]): Promise<string> {
  return runProgram(process.env.HYPERFRAMES_FFMPEG_PATH ?? "ffmpeg", [
    "-hide_banner",
    "-v",
    "error",
    ...args,
  ]);
}
