import type { FrameCacheStats } from "../cache/frame-cache.js";
import { HyperframesNativeError } from "../errors.js";
import { CacheLease } from "../lookup/cache-lease.js";
import { activeFrames, type FrameLookup, type FramePayload } from "../lookup/frame-lookup.js";
import { ShownFrames, type StepFrame } from "../lookup/shown-frames.js";
import { reseekGpu } from "../page/functions.js";
import type { CapturePage } from "../page/page.js";
import { inject, type PageFunctions, syncVisibility } from "../page/page-functions.js";
import { type HookStats, HookTally } from "../stats/hook-tally.js";
import { splitByMessage } from "../transport/message-limit.js";
import type { FrameSource, FrameTransport } from "../transport/transport.js";
import { warnOnce } from "../warn.js";

/** Upstream's `BeforeCaptureHook`: called after the seek and before the capture of every frame. */
export type BeforeCaptureHook = (page: CapturePage, time: number, heldVideoTime?: number) => Promise<void>;

/** The hook, with what it has done so far. */
export interface FrameHook extends BeforeCaptureHook {
  /** Statistics of this hook, over all its pages. */
  stats(): HookStats;
}

/** What a hook is made of. */
export interface FrameHookParts {
  readonly lookup: FrameLookup;
  readonly transport: FrameTransport;
  /** The user's resolver: a path it answers for is not read, its answer is used untouched. */
  readonly frameSrcResolver?: ((framePath: string) => string | null) | undefined;
  /** Gives the page functions; asked on every call. */
  pageFunctions(): Promise<PageFunctions>;
  cacheStats(): FrameCacheStats;
  /** Makes upstream's own hook, for the case that the native side fails. */
  readonly upstream?: (() => BeforeCaptureHook | null) | undefined;
  /** Told of every finished call, for the statistics of the process. */
  readonly onCall?: ((call: FinishedCall) => void) | undefined;
}

/** One finished call of a hook. */
export interface FinishedCall {
  readonly ms: number;
  readonly frames: number;
  readonly bytes: number;
  readonly fallback: string | undefined;
}

/**
 * Builds the hook. The order within a call is upstream's: the table is asked before anything is awaited, frames are
 * read before the page is touched, visibility is synced, frames are injected, GPU adapters draw again.
 */
export function createFrameHook(parts: FrameHookParts): FrameHook {
  const { lookup, transport } = parts;
  const tally = new HookTally();
  const lease = new CacheLease();
  const shownByPage = new WeakMap<CapturePage, ShownFrames>();
  let upstream: BeforeCaptureHook | undefined;

  function shownOn(page: CapturePage): ShownFrames {
    let shown = shownByPage.get(page);
    if (shown === undefined) {
      shown = new ShownFrames();
      shownByPage.set(page, shown);
    }
    return shown;
  }

  async function step(
    page: CapturePage,
    time: number,
    active: Map<string, FramePayload>,
  ): Promise<FrameSource[]> {
    const shown = shownOn(page);
    const sources = await readSources(parts, shown.changed(active));
    const functions = await parts.pageFunctions();
    shown.forgetInactive(active);
    await syncVisibility(functions, page, Array.from(active.keys()));
    if (sources.length === 0) return [];

    const injectedIds = new Set<string>();
    for (const call of splitByMessage(sources)) {
      const updates = call.map(({ frame, src }) => ({ videoId: frame.videoId, dataUri: src }));
      for (const id of await inject(functions, page, updates)) injectedIds.add(id);
    }
    shown.confirm(
      sources.map(({ frame }) => frame),
      injectedIds,
    );
    if (injectedIds.size > 0) await page.evaluate(reseekGpu, time);
    return sources.filter(({ frame }) => injectedIds.has(frame.videoId));
  }

  /** Hands this call, and all later ones, to upstream's hook; rethrows where there is none. */
  function fallBack(error: unknown): BeforeCaptureHook {
    const own = error instanceof HyperframesNativeError && error.code === "INTERNAL";
    const hook = own ? parts.upstream?.() : undefined;
    if (!hook) throw error;
    upstream = hook;
    warnOnce("fallback:internal", `Frames go through upstream's own path from here on: ${error}`, "INTERNAL");
    return hook;
  }

  const hook = async (page: CapturePage, time: number, heldVideoTime?: number): Promise<void> => {
    const start = performance.now();
    let injected: FrameSource[] = [];
    let fallback: string | undefined;
    try {
      if (upstream === undefined) {
        const active = activeFrames(lookup, time, heldVideoTime);
        lease.renew(lookup, active, Date.now());
        try {
          injected = await step(page, time, active);
          return;
        } catch (error) {
          upstream = fallBack(error);
        }
      }
      fallback = "INTERNAL";
      await upstream(page, time, heldVideoTime);
    } finally {
      const ms = performance.now() - start;
      const bytes = injected.reduce((sum, { src }) => sum + src.length, 0);
      tally.call(ms);
      tally.injected(injected.length, bytes);
      if (fallback !== undefined) tally.fellBack(fallback);
      parts.onCall?.({ ms, frames: injected.length, bytes, fallback });
    }
  };

  return Object.assign(hook, {
    stats: (): HookStats => ({
      hook: tally.times(),
      frames: tally.frames,
      bytes: tally.bytes,
      transport: upstream === undefined ? transport.name : "upstream",
      cache: parts.cacheStats(),
      fallbacks: tally.fallbacks(),
    }),
  });
}

/** The sources of a step's frames in the table's order: the user's resolver first, the transport for all others. */
async function readSources(parts: FrameHookParts, frames: readonly StepFrame[]): Promise<FrameSource[]> {
  const { frameSrcResolver, transport } = parts;
  if (frames.length === 0) return [];
  if (frameSrcResolver === undefined) return transport.sources(frames);
  const resolved = frames.map((frame) => ({ frame, src: frameSrcResolver(frame.framePath) }));
  const unresolved = resolved.filter(({ src }) => !src).map(({ frame }) => frame);
  const read = new Map((await transport.sources(unresolved)).map((source) => [source.frame, source]));
  return resolved.map(({ frame, src }) => read.get(frame) ?? { frame, src: src ?? "" });
}
