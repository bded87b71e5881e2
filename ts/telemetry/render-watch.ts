import { debuglog } from "node:util";
import type { FrameCacheStats } from "../native/frame-cache.js";
import { type CapturePage, isGone, onceGone } from "../page/page.js";
import { keeps } from "../variables.js";
import { warnOnce } from "../warn.js";
import { HookTally } from "./hook-tally.js";
import { atEnd, say } from "./say.js";
import { type CacheFacts, detailLines, type RenderFacts, summaryLine } from "./summary.js";

/**
 * Time for the next page of the same render to come, in milliseconds. Upstream tries the capture out before the render, with a browser of
 * its own; the next one takes seconds to start and to load the page.
 */
const GRACE_MS = 30_000;

const debug = debuglog("hyperframes-native");

/** Where a summary goes. */
export interface SummaryLogger {
  info(message: string): void;
}

/** What a hook brings along. */
export interface WatchedHook {
  /** Upstream's table of frames: each render makes one, for all hooks that it makes. */
  readonly lookup: object;
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
  readonly #caches = new Map<number, WatchedCache>();
  #decodedLimit = 0;
  #grace: NodeJS.Timeout | undefined;

  private constructor({ lookup, logger }: WatchedHook) {
    this.#lookup = lookup;
    this.#logger = logger;
  }

  /** Tells of a page that a hook is called with for the first time. */
  static opened(hook: WatchedHook, page: CapturePage): void {
    if (current.size === 0) atEnd("sums", endAll);
    for (const one of current.values()) one.#prune();
    let watch = current.get(hook.lookup);
    if (watch === undefined) {
      watch = new RenderWatch(hook);
      current.set(hook.lookup, watch);
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

  /** The render is over: what its hooks do from here on is another one's. */
  end(): void {
    clearTimeout(this.#grace);
    if (current.get(this.#lookup) === this) current.delete(this.#lookup);
    this.#tally.close();
    const tally = this.#tally.toJSON();
    if (tally.hook.calls === 0) return;
    const caches = Array.from(this.#caches).flatMap(([limit, { before, now: read }]) => {
      const now = read();
      return now === undefined ? [] : [cacheFacts(limit, before, now)];
    });
    this.#caches.clear();
    const clip = keeps("HYPERFRAMES_NATIVE_CLIP")
      ? `HYPERFRAMES_NATIVE_CLIP=${process.env.HYPERFRAMES_NATIVE_CLIP}`
      : undefined;
    tell(this.#logger, { tally, caches, decodedLimit: this.#decodedLimit, clip });
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

function tell(logger: SummaryLogger | undefined, facts: RenderFacts): void {
  const line = summaryLine(facts);
  if (debug.enabled) for (const detail of detailLines(facts)) debug("%s", detail);
  if (logger === undefined) {
    say(line);
    return;
  }
  try {
    logger.info(line);
  } catch (error) {
    warnOnce("telemetry:logger", `The summary of a render could not be logged: ${error}`, "LOGGER_FAILED");
  }
}

function endAll(): void {
  for (const watch of Array.from(current.values())) watch.end();
}
