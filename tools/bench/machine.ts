/** The machine that renders: what it is, and how busy it is with something else. */
import { availableParallelism, cpus, release, totalmem, type } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { ffmpegProgram, runProgram } from "./ffmpeg.js";
import type { Renderer } from "./renderer.js";
import type { BenchMachine } from "./result.js";

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

/** From this share of the machine on, what else runs on it has as much to say about the times as the drop-in. */
export const BUSY = 0.25;

/** How long it is looked at, in milliseconds. */
const LOOK_MS = 1_000;

/** Which share of the machine's processors is at work while this process waits for a second: 0 to 1. */
export async function busyShare(signal?: AbortSignal): Promise<number> {
  const before = ticks();
  await sleep(LOOK_MS, undefined, signal === undefined ? {} : { signal });
  const after = ticks();
  const all = after.all - before.all;
  return all <= 0 ? 0 : 1 - (after.idle - before.idle) / all;
}

function ticks(): { readonly idle: number; readonly all: number } {
  const times = cpus().map(({ times }) => times);
  const sum = (of: (one: (typeof times)[number]) => number) =>
    times.reduce((total, one) => total + of(one), 0);
  return {
    idle: sum(({ idle }) => idle),
    all: sum(({ user, nice, sys, idle, irq }) => user + nice + sys + idle + irq),
  };
}

/** A share as it is written: `62 %`. */
export function shareText(share: number): string {
  return `${Math.round(share * 100)} %`;
}
