import { availableParallelism, cpus, release, totalmem, type } from "node:os";
import type { Renderer } from "./renderer.js";
import type { BenchMachine } from "./result.js";
import { ffmpegProgram, runProgram } from "./run-program.js";

/** Where and with what is rendered. */
export async function describeMachine(renderer: Renderer, chrome: string | null): Promise<BenchMachine> {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    os: `${type()} ${release()}`,
    node: process.version,
    // On Windows it would open a window instead of answering.
    chrome: chrome === null || process.platform === "win32" ? null : await firstLine(chrome, "--version"),
    ffmpeg: await firstLine(ffmpegProgram(), "-version"),
    renderer: { name: renderer.name, version: renderer.version },
  };
}

async function firstLine(program: string, argument: string): Promise<string | null> {
  try {
    return (await runProgram(program, [argument])).split("\n")[0]?.trim() ?? null;
  } catch {
    return null; // told as not known; a render says better what is wrong
  }
}
