import { accessSync, constants, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { isMainThread, threadId } from "node:worker_threads";
import { warnOncePerRun } from "../errors.js";
import type { FrameCacheStats } from "../native/binding.js";
import { PACKAGE_VERSION } from "../package-version.js";
import { isFirstInRun, isSwitchedOff, runStartMs, statisticsFile } from "../settings.js";
import { HookTally, type TallyJson } from "./hook-tally.js";

/** A function in a published bundle that was swapped, or left alone. */
export interface SwapRecord {
  readonly package: string;
  readonly version: string;
  readonly file: string;
  /** Why it was left alone; absent where it was swapped. */
  readonly reason?: string;
}

/** The JSON that `HYPERFRAMES_NATIVE_STATS=<file>` gives whenever a page is closed, and when the process ends. */
export interface ProcessReportJson extends Omit<TallyJson, "frames" | "bytes"> {
  readonly version: string;
  /** `native`: the drop-in was on. `stock`: `HYPERFRAMES_NATIVE=off`, upstream's own hook was timed. */
  readonly mode: "native" | "stock";
  readonly pid: number;
  readonly hooks: number;
  /** Frames that upstream's hook took; not known of upstream's own hook. */
  readonly frames: number | null;
  /** Bytes of their sources; not known of upstream's own hook. */
  readonly bytes: number | null;
  /** One entry for each budget in use; hooks with equal limits share one. Last reading of each. */
  readonly cache: readonly (FrameCacheStats & { readonly limits: string })[];
  readonly swapped: readonly SwapRecord[];
  readonly untouched: readonly SwapRecord[];
}

/** Key of the warning that the file cannot be written. */
const UNWRITABLE = "statistics";

/** Sums up all hooks of the process and writes them to a file when it ends. */
export class ProcessReport {
  readonly tally = new HookTally();
  readonly #file: string;
  readonly #mode: "native" | "stock";
  readonly #runStartMs = runStartMs();
  readonly #caches = new Map<string, FrameCacheStats>();
  readonly #swaps: SwapRecord[] = [];
  #hooks = 0;

  constructor(file: string, mode: "native" | "stock") {
    this.#file = resolve(file); // a program may change its folder later
    this.#mode = mode;
    const reason = whyUnwritable(this.#file);
    // At the start, so that the processes of a run do not each say it at their end.
    if (reason !== undefined) {
      const message = `The statistics cannot be written to ${this.#file}: ${reason}.`;
      warnOncePerRun(UNWRITABLE, message, "STATISTICS_UNWRITABLE");
    }
    process.once("exit", () => this.#write());
  }

  /** Counts a hook, and sums up its tally; upstream's own hooks have none. */
  addHook(tally?: HookTally): void {
    this.#hooks++;
    tally?.sumUpIn(this.tally);
  }

  readCache(limits: string, cache: FrameCacheStats): void {
    this.#caches.set(limits, cache);
  }

  swap(record: SwapRecord): void {
    this.#swaps.push(record);
  }

  toJSON(): ProcessReportJson {
    const { frames, bytes, transport, ...counts } = this.tally.toJSON();
    const isNative = this.#mode === "native";
    return {
      version: PACKAGE_VERSION,
      mode: this.#mode,
      pid: process.pid,
      hooks: this.#hooks,
      ...counts,
      frames: isNative ? frames : null,
      bytes: isNative ? bytes : null,
      transport: isNative ? transport : "upstream",
      cache: Array.from(this.#caches, ([limits, stats]) => ({ limits, ...stats })),
      swapped: this.#swaps.filter(({ reason }) => reason === undefined),
      untouched: this.#swaps.filter(({ reason }) => reason !== undefined),
    };
  }

  /** Writes the numbers so far, if a hook was made: a process that is ended by a signal says nothing at its end. */
  save(): void {
    if (this.#hooks > 0) this.#write();
  }

  #write(): void {
    // A CLI runs helpers of its own with the same environment: one that rendered nothing must not
    // overwrite the numbers of the one that did. Nor must a worker thread that rendered nothing.
    if (this.#hooks === 0 && (!isMainThread || this.#isOfThisRun())) return;
    try {
      writeWhole(this.#file, `${JSON.stringify(this, null, 2)}\n`);
    } catch (error) {
      if (!isFirstInRun(UNWRITABLE)) return;
      // Warnings are emitted on the next tick, which an ending process does not have.
      process.stderr.write(`hyperframes-native: could not write the statistics to ${this.#file}: ${error}\n`);
    }
  }

  /** Whether the file was written since the run began: the numbers of an earlier run must not pass for those of this one. */
  #isOfThisRun(): boolean {
    try {
      return statSync(this.#file).mtimeMs >= this.#runStartMs;
    } catch {
      return false; // there is none, or none that can be looked at
    }
  }
}

/** Writes a file in one go: who reads it meanwhile, or a second process that writes it, finds one text or the other, never a part. */
function writeWhole(file: string, text: string): void {
  const before = statSync(file, { throwIfNoEntry: false });
  // A device or a pipe is not to be replaced by a file.
  if (before !== undefined && !before.isFile()) {
    writeFileSync(file, text);
    return;
  }
  const beside = `${file}.${process.pid}-${threadId}.partial`;
  try {
    writeFileSync(beside, text);
    renameSync(beside, file);
  } catch {
    rmSync(beside, { force: true });
    writeFileSync(file, text); // in a folder where only this file may be written
  }
}

/** Why a file cannot be written, as far as that can be seen without writing it. */
export function whyUnwritable(file: string): string | undefined {
  const folder = dirname(resolve(file));
  try {
    if (!statSync(folder).isDirectory()) return `${folder} is no folder`;
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat?.isDirectory()) return "it is a folder";
    accessSync(stat === undefined ? folder : file, constants.W_OK);
    return undefined;
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    return isMissing ? `there is no folder ${folder}` : "this user must not write there";
  }
}

let report: ProcessReport | undefined;

/** The process's report, or `undefined` where `HYPERFRAMES_NATIVE_STATS` names no file. */
export function processReport(): ProcessReport | undefined {
  const file = statisticsFile();
  if (file !== undefined) report ??= new ProcessReport(file, isSwitchedOff() ? "stock" : "native");
  return report;
}
