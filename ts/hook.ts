import { isInternal } from "./errors.js";
import type { FrameCacheStats } from "./native/frame-cache.js";
import type { CapturePage } from "./page/page.js";
import { PageSession, type SessionParts } from "./page-session.js";
import { type CallFailure, publishCall } from "./telemetry/channels.js";
import type { HookStats, HookTally } from "./telemetry/hook-tally.js";
import type { BeforeCaptureHook, UpstreamInjector } from "./upstream.js";
import { warnOnce } from "./warn.js";

/** The hook, with what it has done so far. */
export interface FrameHook extends BeforeCaptureHook {
  /** Statistics of this hook, over all its pages. */
  stats(): HookStats;
}

/** What a hook is made of. */
export interface FrameHookParts {
  /** Upstream's function; one that must be loaded first is waited for in the first call. */
  upstream(): UpstreamInjector | Promise<UpstreamInjector>;
  session(upstream: UpstreamInjector): SessionParts;
  cacheStats(): FrameCacheStats;
  readonly tally: HookTally;
  /** Told of each page that the hook is called with, once. */
  onPage(page: CapturePage): void;
  /** Called at the end of every call. */
  readonly onCall?: (() => void) | undefined;
}

/**
 * Builds the hook. Upstream's own does the work, one instance for each page; the page's session makes ready what it will ask for, and
 * sees to it afterwards that it is there.
 */
export function createFrameHook(parts: FrameHookParts): FrameHook {
  const { tally } = parts;
  let sessionParts: SessionParts | undefined;
  let isHandedOver = false;

  const hook = async (page: CapturePage, time: number, ...rest: unknown[]): Promise<void> => {
    const start = performance.now();
    let session: PageSession | undefined;
    let failure: CallFailure | undefined;
    try {
      if (sessionParts === undefined) {
        const upstream = parts.upstream();
        // The table is asked before anything is waited for, where nothing need be.
        const made = typeof upstream === "function" ? upstream : await upstream;
        sessionParts ??= parts.session(made); // another page's call may have been first
      }
      session = PageSession.open(page, sessionParts, () => parts.onPage(page));
      if (isHandedOver) session.close();
      try {
        await step(session, page, time, rest);
      } catch (error) {
        if (isHandedOver || !isInternal(error)) throw error;
        const message = `Frames go through upstream's own path from here on: ${error}`;
        warnOnce("fallback:internal", message, "INTERNAL");
        isHandedOver = true;
        tally.handedOver();
        session.close();
        await step(session, page, time, rest);
      }
      if (isHandedOver) tally.fellBack("INTERNAL");
    } catch (error) {
      failure = { error };
      throw error;
    } finally {
      const durationMs = performance.now() - start;
      tally.call(durationMs);
      const frames = failure === undefined ? (session?.taken ?? null) : null;
      publishCall(time, isHandedOver ? "upstream" : "native", durationMs, frames, failure);
      parts.onCall?.();
    }
  };

  return Object.assign(hook, {
    stats: (): HookStats => ({ ...tally.toJSON(), cache: parts.cacheStats() }),
  });
}

/** One step of a page; where a frame did not appear it is done once more, with data URIs. */
async function step(session: PageSession, page: CapturePage, time: number, rest: unknown[]): Promise<void> {
  const [held] = rest;
  await session.prepareStep(time, typeof held === "number" ? held : undefined);
  try {
    await session.callUpstream(page, time, ...rest);
    if (await session.finishStep(time)) return;
  } catch (error) {
    if (!session.noteFailure(error)) throw error;
  }
  await session.replaceLost();
  await session.callUpstream(page, time, ...rest);
  await session.finishStep(time);
}
