import type { VideoFrameInjectorOptions, wrapInjector } from "../create-injector.js";
import type { FrameLookup } from "../frame.js";
import type { ProcessReport } from "../stats/process-report.js";
import { type CallFailure, publishCall } from "../telemetry/channels.js";
import { noteUnchanged, noteWithoutVideo } from "../telemetry/process-notes.js";
import { type BeforeCaptureHook, isWrapped, type UpstreamInjector } from "../upstream.js";
import { warnOnce } from "../warn.js";

/** What swapped code calls instead of upstream's function, with that function and whatever it was called with. */
export type InjectorSwap = (
  upstream: UpstreamInjector,
  lookup: FrameLookup | null,
  config?: VideoFrameInjectorOptions,
  ...rest: unknown[]
) => BeforeCaptureHook | null;

/** Hooks of this package around upstream's own. */
export function nativeSwap(wrap: typeof wrapInjector, report: ProcessReport | undefined): InjectorSwap {
  return (upstream, lookup, config, ...rest) => {
    if (!lookup) noteWithoutVideo();
    if (!lookup || isWrapped(config)) return upstream(lookup, config, ...rest);
    try {
      return wrap(upstream, lookup, config, rest);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      warnOnce("fallback:create", `Upstream's own frame injector is used: ${reason}`, "INTERNAL");
      report?.tally.fellBack(reason);
      noteUnchanged(reason);
      return upstream(lookup, config, ...rest);
    }
  };
}

/** Upstream's own hooks, timed for the statistics. */
export function timedSwap(report: ProcessReport): InjectorSwap {
  return (upstream, lookup, config, ...rest) => {
    const hook: BeforeCaptureHook | null = upstream(lookup, config, ...rest);
    if (!hook || isWrapped(config)) return hook;
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
