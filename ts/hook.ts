import { isInternal, warnOnce } from "./errors.js";
import { growHeapUntilGone } from "./heap-growth.js";
import { readStats } from "./native/binding.js";
import { budgetName, type CacheLimits } from "./native/limits.js";
import { type CapturePage, onceGone } from "./page/page.js";
import { PageSession, type SessionParts } from "./page-session.js";
import { isSwitchedOff } from "./settings.js";
import { type CallFailure, publishCall } from "./telemetry/channels.js";
import type { HookStats } from "./telemetry/hook-tally.js";
import { processReport } from "./telemetry/process-report.js";
import { RenderWatch, type SummaryLogger } from "./telemetry/render-watch.js";
import type { BeforeCaptureHook } from "./upstream.js";

/** The hook, with what it has done so far. */
export interface FrameHook extends BeforeCaptureHook {
  /** Statistics of this hook, over all its pages. */
  stats(): HookStats;
}

export interface FrameHookParts extends SessionParts {
  readonly limits: CacheLimits;
  readonly logger: SummaryLogger | undefined;
  /** Loads upstream's function; absent where it is there. */
  readonly loadUpstream: (() => Promise<void>) | undefined;
}

/**
 * Builds the hook. Upstream's own does the work, one instance for each page; the page's session makes ready what it will ask for, and
 * sees to it afterwards that it is there.
 */
export function createFrameHook(parts: FrameHookParts): FrameHook {
  const { tally, cache, limits } = parts;
  let { loadUpstream } = parts;
  const report = processReport();
  report?.addHook(tally);
  /** Why upstream reads the frames itself; `undefined`: it is given them. */
  let handedOver = isSwitchedOff() ? "off" : undefined;

  const opened = (page: CapturePage) => {
    if (handedOver !== "off") {
      RenderWatch.opened(parts, page);
      growHeapUntilGone(page);
    }
    if (report !== undefined) onceGone(page, () => report.save());
  };

  const hook = async (page: CapturePage, time: number, ...rest: unknown[]): Promise<void> => {
    const start = performance.now();
    let session: PageSession | undefined;
    let failure: CallFailure | undefined;
    try {
      // Once: otherwise the table is asked before anything is waited for.
      if (loadUpstream !== undefined) await loadUpstream();
      loadUpstream = undefined;
      session = PageSession.open(page, parts, opened);
      if (handedOver !== undefined) session.close();
      try {
        await step(session, page, time, rest);
      } catch (error) {
        if (handedOver !== undefined || !isInternal(error)) throw error;
        const message = `Frames go through upstream's own path from here on: ${error}`;
        warnOnce("fallback:internal", message, "INTERNAL");
        handedOver = "INTERNAL";
        tally.handedOver();
        session.close();
        await step(session, page, time, rest);
      }
      if (handedOver === "INTERNAL") tally.fellBack(handedOver);
    } catch (error) {
      failure = { error };
      throw error;
    } finally {
      const durationMs = performance.now() - start;
      tally.call(durationMs);
      const frames = failure === undefined ? (session?.taken ?? null) : null;
      publishCall(time, handedOver === undefined ? "native" : "upstream", durationMs, frames, failure);
      const stats = report && readStats(cache);
      if (stats !== undefined) report?.readCache(budgetName(limits), stats);
    }
  };

  return Object.assign(hook, { stats: (): HookStats => ({ ...tally.toJSON(), cache: cache.stats() }) });
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
