import type { VideoFrameInjectorOptions, wrapInjector } from "../create-injector.js";
import {
  HyperframesNativeError,
  messageOf,
  warnOfWrongVariables,
  warnOnce,
  warnOncePerRun,
} from "../errors.js";
import type { FrameLookup } from "../frame.js";
import type { captureClip } from "../page-session.js";
import { isSwitchedOff } from "../settings.js";
import { type CallFailure, publishCall } from "../telemetry/channels.js";
import { noteProcess, noteUnchanged, noteWithoutVideo } from "../telemetry/process-end.js";
import type { ProcessReport } from "../telemetry/process-report.js";
import { type BeforeCaptureHook, CLIP_KEY, isWrapped, SWAP_KEY, type UpstreamInjector } from "../upstream.js";

/** The functions that swapped code calls in this process. */
export interface Swaps {
  readonly injector: InjectorSwap;
  readonly clip?: typeof captureClip | undefined;
}

/** As the environment says: native, or upstream's own function timed, or `undefined` for nothing at all. */
export async function chooseSwaps(report: ProcessReport | undefined): Promise<Swaps | undefined> {
  const timed = report && { injector: timedSwap(report) };
  // What is wrong with a variable is told by the first process of a run, for those that it starts.
  warnOfWrongVariables();
  noteProcess();
  if (isSwitchedOff()) return timed;
  try {
    const { wrapInjector } = await import("../create-injector.js");
    const { captureClip } = await import("../page-session.js");
    return { injector: nativeSwap(wrapInjector, report), clip: captureClip };
  } catch (error) {
    const { code = "BINDING_BROKEN", advice = "" }: Partial<HyperframesNativeError> =
      error instanceof HyperframesNativeError ? error : {};
    const reason = messageOf(error);
    warnOncePerRun("register:binding", `HyperFrames runs unchanged: ${reason}. ${advice}`.trimEnd(), code);
    report?.tally.fellBack("the native binary could not be loaded");
    noteUnchanged(reason);
    return timed;
  }
}

/** Puts them where swapped code looks. */
export function publishSwaps({ injector, clip }: Swaps): void {
  const publish = (key: string, value: unknown) =>
    Object.defineProperty(globalThis, Symbol.for(key), { value, configurable: true });
  publish(SWAP_KEY, injector);
  if (clip !== undefined) publish(CLIP_KEY, clip);
}

/** Called by swapped code instead of upstream's function, with that function and its arguments. */
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
      const reason = messageOf(error);
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
    report.addHook();
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
