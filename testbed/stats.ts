import { readFileSync } from "node:fs";

/** What the testbed reads of the JSON that `HYPERFRAMES_NATIVE_STATS` gives. */
export interface NativeStats {
  readonly version: string;
  readonly mode: "native" | "stock";
  readonly hook: {
    readonly calls: number;
    readonly totalMs: number;
    readonly p50Ms: number;
    readonly p95Ms: number;
    readonly p99Ms: number;
    readonly maxMs: number;
  };
  readonly frames: number;
  readonly bytes: number;
  readonly transport: string | null;
  /** How many frames each transport carried. */
  readonly framesBy: Readonly<Record<string, number>>;
  readonly cache: unknown;
  readonly fallbacks: readonly unknown[];
}

/** Reads a statistics file; a missing one throws, since then the drop-in was not loaded. */
export function readStats(file: string): NativeStats {
  return JSON.parse(readFileSync(file, "utf8")) as NativeStats;
}
