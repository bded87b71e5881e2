import type { FrameCacheStats } from "../cache/frame-cache.js";
import { type CapturePage, isGone, onceGone } from "../page/page.js";
import { HookTally } from "../stats/hook-tally.js";
import { warnOnce } from "../warn.js";
import { type CacheFacts, summaryLines } from "./summary.js";

/** Time for the next page of the same render to come, in milliseconds. */
const GRACE_MS = 1_000;

/** Where a summary goes. */
export interface SummaryLogger {
  info(message: string): void;
}

/** What a hook brings along. */
export interface WatchedHook {
  readonly tally: HookTally;
  readonly logger: SummaryLogger | undefined;
  /** Bytes that its frame cache may keep, and how many of them Chrome is asked to keep decoded. */
  readonly cacheLimit: number;
  readonly decodedLimit: number;
  /** `undefined` where they cannot be had. */
  cacheStats(): FrameCacheStats | undefined;
}

/** A cache as it was when the render began to use it. */
interface WatchedCache {
  readonly before: FrameCacheStats;
  now(): FrameCacheStats | undefined;
}

/** Renders under way: those that share a logger count as one, since nothing says which page belongs to which. */
const current = new Map<SummaryLogger | null, RenderWatch>();

/** Lines for a terminal, kept until the process ends: until then a progress bar may be drawn there. */
const kept: string[] = [];

/**
 * Sums up what the hooks of one render did. Nobody tells a hook that a render is over: it is when all its pages are closed and none
 * follows, or when the process ends.
 */
export class RenderWatch {
  readonly #logger: SummaryLogger | undefined;
  readonly #tally = new HookTally();
  readonly #pages = new Map<symbol, WeakRef<CapturePage>>();
  readonly #caches = new Map<number, WatchedCache>();
  #decodedLimit = 0;
  #grace: NodeJS.Timeout | undefined;

  private constructor(logger: SummaryLogger | undefined) {
    this.#logger = logger;
  }

  /** Tells of a page that a hook is called with for the first time. */
  static opened(hook: WatchedHook, page: CapturePage): void {
    if (current.size === 0) {
      process.removeListener("exit", endAll);
      process.once("exit", endAll);
    }
    const key = hook.logger ?? null;
    let watch = current.get(key);
    if (watch?.prune()) watch = undefined;
    if (watch === undefined) {
      watch = new RenderWatch(hook.logger);
      current.set(key, watch);
    }
    watch.#join(hook);
    watch.#watch(page);
  }

  #join({ tally, cacheLimit, decodedLimit, cacheStats }: WatchedHook): void {
    tally.addParent(this.#tally);
    this.#decodedLimit = decodedLimit;
    if (this.#caches.has(cacheLimit)) return;
    const before = cacheStats();
    if (before !== undefined) this.#caches.set(cacheLimit, { before, now: cacheStats });
  }

  #watch(page: CapturePage): void {
    clearTimeout(this.#grace);
    const id = Symbol();
    this.#pages.set(id, new WeakRef(page));
    onceGone(page, () => {
      if (this.#pages.delete(id) && this.#pages.size === 0) this.#wait();
    });
  }

  /** Forgets pages that are gone and did not say so; whether they were the last, and the render is over. */
  prune(): boolean {
    if (this.#pages.size === 0) return false;
    for (const [id, reference] of this.#pages) {
      const page = reference.deref();
      if (page === undefined || isGone(page)) this.#pages.delete(id);
    }
    if (this.#pages.size > 0) return false;
    this.end();
    return true;
  }

  #wait(): void {
    clearTimeout(this.#grace);
    this.#grace = setTimeout(() => this.end(), GRACE_MS).unref();
  }

  /** The render is over: what its hooks do from here on is another one's. */
  end(): void {
    clearTimeout(this.#grace);
    if (current.get(this.#logger ?? null) === this) current.delete(this.#logger ?? null);
    this.#tally.close();
    const tally = this.#tally.toJSON();
    if (tally.hook.calls === 0) return;
    const caches = Array.from(this.#caches).flatMap(([limit, { before, now: read }]) => {
      const now = read();
      return now === undefined ? [] : [cacheFacts(limit, before, now)];
    });
    this.#caches.clear();
    write(this.#logger, summaryLines({ tally, caches, decodedLimit: this.#decodedLimit }));
  }
}

function cacheFacts(limit: number, before: FrameCacheStats, now: FrameCacheStats): CacheFacts {
  return {
    limit,
    bytes: now.bytes,
    hits: now.hits - before.hits,
    misses: now.misses - before.misses,
    evictions: now.evictions - before.evictions,
    oversized: now.oversizedRejections - before.oversizedRejections,
  };
}

function write(logger: SummaryLogger | undefined, lines: readonly string[]): void {
  const messages = lines.map((line) => `hyperframes-native: ${line}`);
  if (logger === undefined) {
    if (isQuiet()) return;
    if (process.stderr.isTTY) kept.push(...messages);
    else process.stderr.write(`${messages.join("\n")}\n`);
    return;
  }
  try {
    for (const message of messages) logger.info(message);
  } catch (error) {
    warnOnce("telemetry:logger", `The summary of a render could not be logged: ${error}`, "LOGGER_FAILED");
  }
}

function endAll(): void {
  for (const watch of Array.from(current.values())) watch.end();
  // What was drawn last may not have ended its line.
  if (kept.length > 0) process.stderr.write(`\n${kept.join("\n")}\n`);
  kept.length = 0;
}

/** `HYPERFRAMES_NATIVE_QUIET`: nothing is written to stderr but warnings. */
function isQuiet(): boolean {
  const value = process.env.HYPERFRAMES_NATIVE_QUIET?.trim().toLowerCase() ?? "";
  return !["", "0", "false", "no", "off"].includes(value);
}
