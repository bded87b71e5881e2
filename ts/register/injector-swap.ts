import type { createHostedInjector, VideoFrameInjectorOptions } from "../injector/create.js";
import type { BeforeCaptureHook } from "../injector/hook.js";
import type { FrameLookup } from "../lookup/frame-lookup.js";
import type { PageFunctions } from "../page/page-functions.js";
import type { ProcessReport } from "../stats/process-report.js";
import { type CallFailure, publishCall } from "../telemetry/channels.js";
import { noteUnchanged, noteWithoutVideo } from "../telemetry/process-notes.js";
import { warnOnce } from "../warn.js";

/** Upstream's own function, in the bundle that was swapped. */
export type UpstreamInjector = (
  lookup: FrameLookup | null,
  config?: VideoFrameInjectorOptions,
) => BeforeCaptureHook | null;

/** What swapped code calls instead of upstream's function. */
export type InjectorSwap = (
  upstream: UpstreamInjector,
  pageFunctions: PageFunctions,
  lookup: FrameLookup | null,
  config?: VideoFrameInjectorOptions,
) => BeforeCaptureHook | null;

/** Native hooks, with upstream's function for whatever they cannot do. */
export function nativeSwap(
  create: typeof createHostedInjector,
  report: ProcessReport | undefined,
): InjectorSwap {
  return (upstream, pageFunctions, lookup, config) => {
    if (!lookup) {
      noteWithoutVideo();
      return null;
    }
    try {
      return create(lookup, config, { pageFunctions, upstream: () => upstream(lookup, config) });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      warnOnce("fallback:create", `Upstream's own frame injector is used: ${reason}`, "INTERNAL");
      report?.tally.fellBack(reason);
      noteUnchanged(reason);
      return upstream(lookup, config);
    }
  };
}

/** Upstream's own hooks, timed for the statistics. */
export function timedSwap(report: ProcessReport): InjectorSwap {
  return (upstream, _pageFunctions, lookup, config) => {
    const hook = upstream(lookup, config);
    if (!hook) return hook;
    report.hookMade();
    return async (...call) => {
      const start = performance.now();
      let failure: CallFailure | undefined;
      try {
        await hook(...call);
      } catch (error) {
        failure = { error };
        throw error;
      } finally {
        const durationMs = performance.now() - start;
        report.tally.call(durationMs);
        publishCall(call[1], "upstream", durationMs, null, failure);
      }
    };
  };
}
