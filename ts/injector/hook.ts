import type { FrameCacheStats } from "../cache/frame-cache.js";
import { isInternal } from "../errors.js";
import { PageFeed, type PageFeedParts } from "../look-ahead/page-feed.js";
import { CacheLease } from "../lookup/cache-lease.js";
import { activeFrames, type FrameLookup, type FramePayload } from "../lookup/frame-lookup.js";
import { ShownFrames, type StepFrame } from "../lookup/shown-frames.js";
import { isCapturedUnasked, noteFrames, noteScalable } from "../page/decoded-images.js";
import { finishStep, prepareScreenshot, reseekGpu, revokeBlobs } from "../page/functions.js";
import type { CapturePage } from "../page/page.js";
import { inject, type PageFunctions, redraw, syncVisibility } from "../page/page-functions.js";
import { quietMedia } from "../page/quiet-media.js";
import type { HookStats, HookTally } from "../stats/hook-tally.js";
import { type CallFailure, publishCall, publishFrames } from "../telemetry/channels.js";
import { splitByMessage } from "../transport/message-limit.js";
import type { FrameSource } from "../transport/transport.js";
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
  readonly feed: PageFeedParts;
  /** The user's resolver: a path it answers for is not read, its answer is used untouched. */
  readonly frameSrcResolver?: ((framePath: string) => string | null) | undefined;
  /** Gives the page functions; asked on every call. */
  pageFunctions(): Promise<PageFunctions>;
  cacheStats(): FrameCacheStats;
  /** Makes upstream's own hook, for the case that the native side fails. */
  readonly upstream?: (() => BeforeCaptureHook | null) | undefined;
  readonly tally: HookTally;
  /** Leaves the page's own media as they are: `HYPERFRAMES_NATIVE_MEDIA=keep`. */
  readonly keepsMedia?: boolean | undefined;
  /** Told of each page that the hook is called with, once. */
  readonly onPage?: ((page: CapturePage) => void) | undefined;
  /** Called at the end of every call. */
  readonly onCall?: (() => void) | undefined;
}

/** What is kept for each page. */
interface PageState {
  readonly shown: ShownFrames;
  readonly feed: PageFeed;
}

/**
 * Builds the hook. The order within a call is upstream's: the table is asked before anything is awaited, frames are
 * read before the page is touched, visibility is synced, frames are injected, GPU adapters draw again.
 */
export function createFrameHook(parts: FrameHookParts): FrameHook {
  const { lookup, tally } = parts;
  const lease = new CacheLease();
  const states = new WeakMap<CapturePage, PageState>();
  let upstream: BeforeCaptureHook | undefined;

  function stateOf(page: CapturePage): PageState {
    let state = states.get(page);
    if (state === undefined) {
      state = { shown: new ShownFrames(), feed: new PageFeed(page, parts.feed) };
      states.set(page, state);
      const { feed } = state;
      noteScalable(page, () => feed.scalableIds());
      parts.onPage?.(page);
    }
    return state;
  }

  /** Resolves with how many frames the page confirmed. */
  async function step(page: CapturePage, time: number, active: Map<string, FramePayload>): Promise<number> {
    const { shown, feed } = stateOf(page);
    let frames = 0;
    const sources = await readSources(parts, feed, time, shown.changed(active));
    const functions = await parts.pageFunctions();
    shown.forgetInactive(active);
    feed.forgetInactive(active);
    if (parts.keepsMedia !== true) quietMedia(page, tally);
    await syncVisibility(functions, page, Array.from(active.keys()));
    if (sources.length > 0) {
      const injected = await injectStep(functions, page, feed, time, sources);
      shown.confirm(injected.map(({ frame }) => frame));
      for (const { kind, bytes } of injected) tally.injected(kind, bytes);
      publishFrames(time, injected);
      frames = injected.length;
      // Of what goes inline nothing is decoded ahead, and nothing is won by leaving the clip out.
      if (injected.some(({ kind }) => kind === "file" || kind === "served")) noteFrames(page);
    }
    if (frames === 0) await revokeOverdue(page, feed, active.size > 0);
    await redraw(functions, page);
    const scalable = feed.scalableIds();
    if (scalable.length > 0 && isCapturedUnasked(page)) await page.evaluate(prepareScreenshot, scalable);
    feed.prepare(shown.indexByVideo);
    return frames;
  }

  /** Hands this call, and all later ones, to upstream's hook; rethrows where there is none. */
  function fallBack(error: unknown): BeforeCaptureHook {
    const hook = isInternal(error) ? parts.upstream?.() : undefined;
    if (!hook) throw error;
    warnOnce("fallback:internal", `Frames go through upstream's own path from here on: ${error}`, "INTERNAL");
    tally.handedOver();
    return hook;
  }

  const hook = async (page: CapturePage, time: number, heldVideoTime?: number): Promise<void> => {
    const start = performance.now();
    let frames: number | null = null;
    let failure: CallFailure | undefined;
    try {
      if (upstream === undefined) {
        const active = activeFrames(lookup, time, heldVideoTime);
        lease.renew(lookup, active, Date.now());
        try {
          frames = await step(page, time, active);
          return;
        } catch (error) {
          upstream = fallBack(error);
        }
      }
      tally.fellBack("INTERNAL");
      await upstream(page, time, heldVideoTime);
    } catch (error) {
      failure = { error };
      throw error;
    } finally {
      const durationMs = performance.now() - start;
      tally.call(durationMs);
      publishCall(time, upstream === undefined ? "native" : "upstream", durationMs, frames, failure);
      parts.onCall?.();
    }
  };

  return Object.assign(hook, {
    stats: (): HookStats => ({ ...tally.toJSON(), cache: parts.cacheStats() }),
  });
}

/** The sources of a step's frames in the table's order: the user's resolver first, the feed for all others. */
async function readSources(
  { frameSrcResolver }: FrameHookParts,
  feed: PageFeed,
  time: number,
  frames: readonly StepFrame[],
): Promise<FrameSource[]> {
  if (frameSrcResolver === undefined) return feed.sources(time, frames);
  const resolved = frames.map((frame) => ({ frame, src: frameSrcResolver(frame.framePath) }));
  const unresolved = resolved.filter(({ src }) => !src).map(({ frame }) => frame);
  const read = new Map((await feed.sources(time, unresolved)).map((source) => [source.frame, source]));
  return resolved.map(
    ({ frame, src }) =>
      read.get(frame) ?? { frame, src: src ?? "", bytes: src?.length ?? 0, kind: "resolver" },
  );
}

/**
 * Injects the frames of a step and ends it; a frame that does not appear goes inline in the same call. Resolves with
 * the sources whose videos the page painted.
 */
async function injectStep(
  functions: PageFunctions,
  page: CapturePage,
  feed: PageFeed,
  time: number,
  sources: readonly FrameSource[],
): Promise<FrameSource[]> {
  const final = new Map(sources.map((source) => [source.frame.videoId, source]));
  const replace = async (lost: readonly FrameSource[], reason: string) => {
    const inline = await feed.inlineInstead(
      lost.map(({ frame }) => frame),
      reason,
    );
    for (const source of inline) final.set(source.frame.videoId, source);
    return injectAll(functions, page, inline);
  };

  let injectedIds: Set<string>;
  const blobs = sources.filter(({ kind }) => kind === "file" || kind === "served");
  try {
    injectedIds = await injectAll(functions, page, sources);
  } catch (error) {
    // From CLI 0.8.150 on a frame that does not load rejects; before, it is found missing below.
    if (blobs.length === 0 || !isLoadFailure(error)) throw error;
    injectedIds = await replace(blobs, `a frame did not load (${blobs[0]?.kind})`);
    const others = sources.filter((source) => !blobs.includes(source));
    for (const id of await injectAll(functions, page, others)) injectedIds.add(id);
  }
  if (injectedIds.size === 0) {
    feed.notShown();
    return [];
  }

  const videoIds = blobs
    .map(({ frame }) => frame.videoId)
    .filter((id) => injectedIds.has(id) && final.get(id)?.kind !== "inline");
  const { holdsImages, ...rest } = feed.end(injectedIds);
  const end = { time, ...rest };
  if (videoIds.length === 0 && end.revoke.length === 0 && end.ahead.length === 0 && !holdsImages) {
    await page.evaluate(reseekGpu, { time });
  } else {
    const missing = (await page.evaluate(finishStep, { ...end, videoIds })) as string[] | undefined;
    if (missing !== undefined && missing.length > 0) {
      const lost = blobs.filter(({ frame }) => missing.includes(frame.videoId));
      await replace(lost, `a frame did not appear (${lost[0]?.kind})`);
      await page.evaluate(finishStep, { ...end, videoIds: [] });
    }
  }
  feed.ended();
  return Array.from(final.values()).filter(({ frame }) => injectedIds.has(frame.videoId));
}

/** Without drawing again, which upstream does not do either in a step that painted nothing. */
async function revokeOverdue(page: CapturePage, feed: PageFeed, isActive: boolean): Promise<void> {
  const urls = feed.overdue(isActive);
  if (urls.length === 0) return;
  await page.evaluate(revokeBlobs, urls);
  feed.ended();
}

/** Injects sources in as few calls as the protocol's message size allows; the ids that the page painted. */
async function injectAll(
  functions: PageFunctions,
  page: CapturePage,
  sources: readonly FrameSource[],
): Promise<Set<string>> {
  const injectedIds = new Set<string>();
  for (const call of splitByMessage(sources)) {
    const updates = call.map(({ frame, src }) => ({ videoId: frame.videoId, dataUri: src }));
    for (const id of await inject(functions, page, updates)) injectedIds.add(id);
  }
  return injectedIds;
}

/** Upstream's words for an image that could not be shown, from CLI 0.8.150 on. */
function isLoadFailure(error: unknown): boolean {
  return error instanceof Error && error.message.includes("failed to load");
}
