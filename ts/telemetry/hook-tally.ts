import { createHistogram } from "node:perf_hooks";
import type { SourceKind } from "../frame.js";
import type { FrameCacheStats } from "../native/binding.js";

/** Times of hook calls, in milliseconds, rounded to microseconds; percentiles to three significant digits. */
export interface HookTimes {
  readonly calls: number;
  readonly totalMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** A reason for which another path was taken than the one meant, and how often. */
export interface FallbackCount {
  readonly reason: string;
  readonly count: number;
}

/** How the look-ahead fared, in frames. */
export interface AheadCounts {
  /** The page had begun to decode the frame before its step. */
  readonly hits: number;
  /** It had not. */
  readonly misses: number;
  /** It had, and the frame was not shown: a seek, or another stride. */
  readonly dropped: number;
  /** The frame has the bytes of the one that its video showed before: there was nothing to load or to decode. */
  readonly repeats: number;
}

/** The most that one step asked for, in bytes. */
export interface LargestStep {
  /** Of the pictures that its videos showed, decoded: four bytes a pixel. Known where frames do not go inline. */
  readonly decodedBytes: number;
  /** Of its data URIs. */
  readonly inlineBytes: number;
}

/** Work that pages were spared (docs/quiet-media.md); read every few calls, so that the last ones of a page are not in it. */
export interface QuietCounts {
  /** `<audio>` elements that kept a place instead of seeking to it: the most that one page had. */
  readonly quieted: number;
  /** Seeks that Chrome did not have to do, over all pages. */
  readonly seeksSaved: number;
}

/** Counts that hooks and the process have in common. */
export interface TallyJson {
  readonly hook: HookTimes;
  /** Frames that upstream's hook took. */
  readonly frames: number;
  /** Bytes of their sources: of the file where Chrome took the file, of the data URI where it was sent inline. */
  readonly bytes: number;
  /** The way most frames went so far; `null` before the first. */
  readonly transport: SourceKind | null;
  /** Frames by transport. */
  readonly framesBy: Readonly<Partial<Record<SourceKind, number>>>;
  readonly ahead: AheadCounts;
  readonly largestStep: LargestStep;
  /** Why the last step decoded nothing ahead although frames were there; `null` where it did. */
  readonly notAhead: string | null;
  readonly media: QuietCounts;
  readonly fallbacks: readonly FallbackCount[];
}

/** The counts of one hook so far. */
export interface HookStats extends TallyJson {
  readonly cache: FrameCacheStats;
}

const LONGEST_US = 3600 * 1e6;

/** Most reasons that are counted apart: one may name a file, and a process that renders for weeks must not keep one for each. */
const MOST_REASONS = 100;
const OTHER_REASONS = "other reasons";

/** Counts what hooks do, in bounded memory for any number of calls, and passes it on to the tallies that sum it up. */
export class HookTally {
  readonly #sums = new Set<HookTally>();
  readonly #microseconds = createHistogram({ lowest: 1, highest: LONGEST_US, figures: 3 });
  readonly #fallbacks = new Map<string, number>();
  readonly #framesBy = new Map<SourceKind, number>();
  readonly #ahead = { hits: 0, misses: 0, dropped: 0, repeats: 0 };
  readonly #largest = { decodedBytes: 0, inlineBytes: 0 };
  readonly #media = { quieted: 0, seeksSaved: 0 };
  #totalMs = 0;
  #bytes = 0;
  #notAhead: string | null = null;
  #isHandedOver = false;
  #isClosed = false;

  /** Passes all that comes from here on to another tally as well. */
  sumUpIn(sum: HookTally): void {
    this.#sums.add(sum);
  }

  /** Takes nothing more. Those that are summed up in it forget it; it knows none of them, and keeps none of them alive. */
  close(): void {
    this.#isClosed = true;
  }

  #pass(record: (sum: HookTally) => void): void {
    for (const sum of this.#sums) {
      if (sum.#isClosed) this.#sums.delete(sum);
      else record(sum);
    }
  }

  /** Records a call that took `ms` milliseconds, failed ones included. */
  call(ms: number): void {
    this.#pass((sum) => sum.call(ms));
    this.#totalMs += ms;
    this.#microseconds.record(Math.min(LONGEST_US, Math.max(1, Math.round(ms * 1000))));
  }

  /** Records a frame that upstream's hook took. */
  injected(kind: SourceKind, bytes: number): void {
    this.#pass((sum) => sum.injected(kind, bytes));
    this.#framesBy.set(kind, (this.#framesBy.get(kind) ?? 0) + 1);
    this.#bytes += bytes;
  }

  ahead(count: keyof AheadCounts, frames: number): void {
    this.#pass((sum) => sum.ahead(count, frames));
    this.#ahead[count] += frames;
  }

  step(size: keyof LargestStep, bytes: number): void {
    this.#pass((sum) => sum.step(size, bytes));
    this.#largest[size] = Math.max(this.#largest[size], bytes);
  }

  /** Records why a step could decode nothing ahead; `null` for one that could. */
  notAhead(reason: string | null): void {
    this.#pass((sum) => sum.notAhead(reason));
    this.#notAhead = reason;
  }

  /** Records how many `<audio>` elements of a page are quiet, and how many seeks were saved since the last record. */
  quieted(elements: number, seeksSaved: number): void {
    this.#pass((sum) => sum.quieted(elements, seeksSaved));
    this.#media.quieted = Math.max(this.#media.quieted, elements);
    this.#media.seeksSaved += seeksSaved;
  }

  fellBack(reason: string): void {
    this.#pass((sum) => sum.fellBack(reason));
    const key = this.#fallbacks.has(reason) || this.#fallbacks.size < MOST_REASONS ? reason : OTHER_REASONS;
    this.#fallbacks.set(key, (this.#fallbacks.get(key) ?? 0) + 1);
  }

  /** Records that upstream's hook does the work from here on. */
  handedOver(): void {
    this.#pass((sum) => sum.handedOver());
    this.#isHandedOver = true;
  }

  toJSON(): TallyJson {
    const ways = Array.from(this.#framesBy).toSorted(([, a], [, b]) => b - a);
    return {
      hook: this.#times(),
      frames: ways.reduce((sum, [, frames]) => sum + frames, 0),
      bytes: this.#bytes,
      transport: this.#isHandedOver ? "upstream" : (ways[0]?.[0] ?? null),
      framesBy: Object.fromEntries(this.#framesBy),
      ahead: { ...this.#ahead },
      largestStep: { ...this.#largest },
      notAhead: this.#notAhead,
      media: { ...this.#media },
      fallbacks: Array.from(this.#fallbacks, ([reason, count]) => ({ reason, count })),
    };
  }

  #times(): HookTimes {
    const { count: calls, max } = this.#microseconds;
    const percentile = (p: number) => (calls === 0 ? 0 : this.#microseconds.percentile(p) / 1000);
    return {
      calls,
      totalMs: Math.round(this.#totalMs * 1000) / 1000,
      p50Ms: percentile(50),
      p95Ms: percentile(95),
      p99Ms: percentile(99),
      maxMs: calls === 0 ? 0 : max / 1000,
    };
  }
}
