import { writeFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";
import type { FrameCacheStats } from "../cache/frame-cache.js";
import type { FinishedCall } from "../injector/hook.js";
import { PACKAGE_VERSION } from "../package-version.js";
import { warnOnce } from "../warn.js";
import { type FallbackCount, HookTally, type HookTimes } from "./hook-tally.js";

/** A function in a published bundle that was swapped, or left alone. */
export interface SwapRecord {
  readonly package: string;
  readonly version: string;
  readonly file: string;
  /** Why it was left alone; absent where it was swapped. */
  readonly reason?: string;
}

/** The JSON that `HYPERFRAMES_NATIVE_STATS=<file>` gives when the process ends. */
export interface ProcessReportJson {
  /** Version of this package. */
  readonly version: string;
  /** `native`: the drop-in was on. `stock`: `HYPERFRAMES_NATIVE=off`, upstream's own hook was timed. */
  readonly mode: "native" | "stock";
  readonly pid: number;
  readonly hooks: number;
  readonly hook: HookTimes;
  /** Frames that the page confirmed; not known of upstream's own hook. */
  readonly frames: number | null;
  /** Bytes of their sources; not known of upstream's own hook. */
  readonly bytes: number | null;
  readonly transport: string | null;
  /** One entry for each budget in use; hooks with equal limits share one. Last reading of each. */
  readonly cache: readonly (FrameCacheStats & { readonly limits: string })[];
  readonly fallbacks: readonly FallbackCount[];
  readonly swapped: readonly SwapRecord[];
  readonly untouched: readonly SwapRecord[];
}

/** Sums up all hooks of the process and writes them to a file when it ends. */
export class ProcessReport {
  readonly #file: string;
  readonly #mode: "native" | "stock";
  readonly #tally = new HookTally();
  readonly #caches = new Map<string, FrameCacheStats>();
  readonly #swaps: SwapRecord[] = [];
  #hooks = 0;
  #transport: string | null = null;

  constructor(file: string, mode: "native" | "stock") {
    this.#file = file;
    this.#mode = mode;
    process.once("exit", () => this.#write());
  }

  hookMade(): void {
    this.#hooks++;
  }

  /** Adds one call of a hook. `limits` names the budget that `cache` is a reading of. */
  call(call: FinishedCall, transport: string, limits?: string, cache?: FrameCacheStats): void {
    this.#tally.call(call.ms);
    this.#tally.injected(call.frames, call.bytes);
    this.#transport = transport;
    if (call.fallback !== undefined) this.#tally.fellBack(call.fallback);
    if (limits !== undefined && cache !== undefined) this.#caches.set(limits, cache);
  }

  /** Adds a fallback that happened outside a call. */
  fellBack(reason: string): void {
    this.#tally.fellBack(reason);
  }

  /** Adds a bundle that was swapped or left alone. */
  swap(record: SwapRecord): void {
    this.#swaps.push(record);
  }

  toJSON(): ProcessReportJson {
    return {
      version: PACKAGE_VERSION,
      mode: this.#mode,
      pid: process.pid,
      hooks: this.#hooks,
      hook: this.#tally.times(),
      frames: this.#mode === "native" ? this.#tally.frames : null,
      bytes: this.#mode === "native" ? this.#tally.bytes : null,
      transport: this.#transport,
      cache: Array.from(this.#caches, ([limits, stats]) => ({ limits, ...stats })),
      fallbacks: this.#tally.fallbacks(),
      swapped: this.#swaps.filter(({ reason }) => reason === undefined),
      untouched: this.#swaps.filter(({ reason }) => reason !== undefined),
    };
  }

  #write(): void {
    // A CLI runs helpers of its own with the same environment: one that rendered nothing must not
    // overwrite the numbers of the one that did. Nor must a worker thread that rendered nothing.
    if (this.#hooks === 0 && !isMainThread) return;
    const flag = this.#hooks > 0 ? "w" : "wx";
    try {
      writeFileSync(this.#file, `${JSON.stringify(this, null, 2)}\n`, { flag });
    } catch (error) {
      if (flag === "wx" && (error as NodeJS.ErrnoException).code === "EEXIST") return;
      // Warnings are emitted on the next tick, which an ending process does not have.
      process.stderr.write(`hyperframes-native: could not write the statistics to ${this.#file}: ${error}\n`);
    }
  }
}

let report: ProcessReport | undefined;

/** The process's report, or `undefined` where `HYPERFRAMES_NATIVE_STATS` names no file. */
export function processReport(): ProcessReport | undefined {
  const file = process.env.HYPERFRAMES_NATIVE_STATS;
  if (report === undefined && file) report = new ProcessReport(file, isSwitchedOff() ? "stock" : "native");
  return report;
}

/** Whether `HYPERFRAMES_NATIVE` says `off`. Any other value but the usual ones for "on" is told, and means on. */
export function isSwitchedOff(): boolean {
  const value = process.env.HYPERFRAMES_NATIVE?.trim().toLowerCase() ?? "";
  if (["off", "0", "false", "no"].includes(value)) return true;
  if (!["", "on", "1", "true", "yes"].includes(value)) {
    warnOnce(
      "env:HYPERFRAMES_NATIVE",
      `HYPERFRAMES_NATIVE=${value} is not known; use "off" or "on".`,
      "INVALID_OPTION",
    );
  }
  return false;
}
