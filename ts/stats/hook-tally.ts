import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import type { FrameCacheStats } from "../cache/frame-cache.js";
import type { TransportName } from "../transport/transport.js";

/** Times of hook calls, in milliseconds, rounded to microseconds; percentiles to three significant digits. */
export interface HookTimes {
  readonly calls: number;
  readonly totalMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** A reason for which upstream's own path was taken, and how often. */
export interface FallbackCount {
  readonly reason: string;
  readonly count: number;
}

/** What one hook has done so far. */
export interface HookStats {
  readonly hook: HookTimes;
  /** Frames that the page confirmed. */
  readonly frames: number;
  /** Bytes of the sources of these frames (inline: the length of the data URIs). */
  readonly bytes: number;
  readonly transport: TransportName | "upstream";
  readonly cache: FrameCacheStats;
  readonly fallbacks: readonly FallbackCount[];
}

const LONGEST_US = 3600 * 1e6;

/** Counts hook calls: bounded memory for any number of calls. */
export class HookTally {
  readonly #microseconds: RecordableHistogram = createHistogram({
    lowest: 1,
    highest: LONGEST_US,
    figures: 3,
  });
  readonly #fallbacks = new Map<string, number>();
  #totalMs = 0;
  #frames = 0;
  #bytes = 0;

  /** Records one call that took `ms` milliseconds, failed ones included. */
  call(ms: number): void {
    this.#totalMs += ms;
    this.#microseconds.record(Math.min(LONGEST_US, Math.max(1, Math.round(ms * 1000))));
  }

  /** Records frames that the page confirmed. */
  injected(frames: number, bytes: number): void {
    this.#frames += frames;
    this.#bytes += bytes;
  }

  /** Records that upstream's path was taken. */
  fellBack(reason: string): void {
    this.#fallbacks.set(reason, (this.#fallbacks.get(reason) ?? 0) + 1);
  }

  get frames(): number {
    return this.#frames;
  }

  get bytes(): number {
    return this.#bytes;
  }

  times(): HookTimes {
    const histogram = this.#microseconds;
    const calls = histogram.count;
    const percentile = (p: number) => (calls === 0 ? 0 : histogram.percentile(p) / 1000);
    return {
      calls,
      totalMs: Math.round(this.#totalMs * 1000) / 1000,
      p50Ms: percentile(50),
      p95Ms: percentile(95),
      p99Ms: percentile(99),
      maxMs: calls === 0 ? 0 : histogram.max / 1000,
    };
  }

  fallbacks(): FallbackCount[] {
    return Array.from(this.#fallbacks, ([reason, count]) => ({ reason, count }));
  }
}
