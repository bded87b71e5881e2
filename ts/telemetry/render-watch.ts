import { debuglog } from "node:util";
import { warnOnce } from "../errors.js";
import { type FrameCache, type FrameCacheStats, readStats } from "../native/binding.js";
import { budgetName, type CacheLimits } from "../native/limits.js";
import { type CapturePage, isGone, onceGone } from "../page/page.js";
import { asWritten, keeps } from "../settings.js";
import { HookTally } from "./hook-tally.js";
import { atProcessEnd, say } from "./process-end.js";
import { type CacheFacts, detailLines, type RenderFacts, summaryLine } from "./summary.js";

/**
 * Time for the next page of the same render to come, in milliseconds. Upstream tries the capture out before the render, with a browser of
 * its own; the next one takes seconds to start and to load the page.
 */
const GRACE_MS = 30_000;

const debug = debuglog("hyperframes-native");

export interface SummaryLogger {
  info(message: string): void;
}

export interface WatchedHook {
  /** Upstream's table of frames: each render makes one, for all hooks that it makes. */
  readonly lookup: object;
  readonly tally: HookTally;
  readonly logger: SummaryLogger | undefined;
  readonly cache: FrameCache;
  readonly limits: CacheLimits;
}

/** A cache, and its counts when the render began to use it. */
interface WatchedCache {
  readonly cache: FrameCache;
  readonly limit: number;
  readonly before: FrameCacheStats;
}

/** Renders under way, by their tables. */
const current = new Map<object, RenderWatch>();

/**
 * Sums up what the hooks of one render did. Nobody tells a hook that a render is over: it is when all its pages are closed and none
 * follows, or when the process ends.
 */
export class RenderWatch {
  readonly #lookup: object;
  readonly #logger: SummaryLogger | undefined;
  readonly #tally = new HookTally();
  readonly #pages = new Map<symbol, WeakRef<CapturePage>>();
  readonly #caches = new Map<string, WatchedCache>();
  #grace: NodeJS.Timeout | undefined;

  private constructor({ lookup, logger }: WatchedHook) {
    this.#lookup = lookup;
    this.#logger = logger;
  }

  /** Takes a page that a hook is called with for the first time. */
  static opened(hook: WatchedHook, page: CapturePage): void {
    if (current.size === 0) atProcessEnd(endAll);
    for (const one of current.values()) one.#prune();
    const watch = current.get(hook.lookup) ?? new RenderWatch(hook);
    current.set(hook.lookup, watch);
    watch.#join(hook);
    watch.#watch(page);
  }

  #join({ tally, cache, limits }: WatchedHook): void {
    tally.sumUpIn(this.#tally);
    const budget = budgetName(limits);
    const before = this.#caches.has(budget) ? undefined : readStats(cache);
    if (before !== undefined) this.#caches.set(budget, { cache, limit: limits.bytesLimit, before });
  }

  #watch(page: CapturePage): void {
    clearTimeout(this.#grace);
    const id = Symbol();
    this.#pages.set(id, new WeakRef(page));
    onceGone(page, () => {
      if (this.#pages.delete(id) && this.#pages.size === 0) this.#wait();
    });
  }

  /** Forgets pages that are gone and did not say so. */
  #prune(): void {
    if (this.#pages.size === 0) return;
    for (const [id, reference] of this.#pages) {
      const page = reference.deref();
      if (page === undefined || isGone(page)) this.#pages.delete(id);
    }
    if (this.#pages.size === 0) this.#wait();
  }

  #wait(): void {
    clearTimeout(this.#grace);
    this.#grace = setTimeout(() => this.end(), GRACE_MS).unref();
  }

  /** Ends the render: what its hooks do from here on is another one's. */
  end(): void {
    clearTimeout(this.#grace);
    if (current.get(this.#lookup) === this) current.delete(this.#lookup);
    this.#tally.close();
    const tally = this.#tally.toJSON();
    if (tally.hook.calls === 0) return;
    const caches = Array.from(this.#caches.values()).flatMap(({ cache, limit, before }) => {
      const now = readStats(cache);
      return now === undefined ? [] : [cacheFacts(limit, before, now)];
    });
    const clip = keeps("HYPERFRAMES_NATIVE_CLIP") ? asWritten("HYPERFRAMES_NATIVE_CLIP") : undefined;
    publish(this.#logger, { tally, caches, clip });
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

function publish(logger: SummaryLogger | undefined, facts: RenderFacts): void {
  const line = summaryLine(facts);
  if (debug.enabled) for (const detail of detailLines(facts)) debug("%s", detail);
  try {
    if (logger === undefined) say(line);
    else logger.info(line);
  } catch (error) {
    warnOnce("telemetry:logger", `The summary of a render could not be logged: ${error}`, "LOGGER_FAILED");
  }
}

function endAll(): void {
  for (const watch of Array.from(current.values())) watch.end();
}
