import { HyperframesNativeError, warnOfWrongVariables } from "./errors.js";
import type { FrameLookup, TransportChoice } from "./frame.js";
import { createFrameHook, type FrameHook } from "./hook.js";
import { FrameCache } from "./native/binding.js";
import { type CacheLimitsConfig, cacheLimits } from "./native/limits.js";
import { HookTally } from "./telemetry/hook-tally.js";
import type { SummaryLogger } from "./telemetry/render-watch.js";
import { transportPolicy } from "./transports/choose.js";
import {
  engineInjector,
  isUpstreamModule,
  type UpstreamInjector,
  type UpstreamModule,
  type UpstreamOptions,
  wrappedOptions,
} from "./upstream.js";

/** Upstream's options and this package's own. Unknown keys are handed on to upstream's function. */
export interface VideoFrameInjectorOptions extends CacheLimitsConfig, UpstreamOptions {
  /**
   * Upstream's `createVideoFrameInjector`, whose hooks do the work; without it that of the installed `@hyperframes/engine` is used. For
   * a fork of the engine, or one that was bundled.
   */
  readonly upstream?: UpstreamInjector | undefined;
  /** The module that has it, for code that hands the whole engine in. The two page functions alone are not enough. */
  readonly pageFunctions?: UpstreamModule | undefined;
  /**
   * How frames reach the page; `auto` finds out. The environment's `HYPERFRAMES_NATIVE_TRANSPORT` is asked where this is
   * not given.
   */
  readonly transport?: TransportChoice | undefined;
  /** Takes the summary of a render, one line or a few; without it, it goes to stderr. */
  readonly logger?: SummaryLogger | undefined;
}

/**
 * Drop-in for upstream's `createVideoFrameInjector`: a hook that puts the extracted frame of every active video into
 * the page before each capture. Upstream's own hook does it; this one gives it the frames.
 *
 * @param frameLookup upstream's lookup table; `null` (no videos) gives a `null` hook.
 * @param config upstream's options; see {@link VideoFrameInjectorOptions}.
 * @throws {HyperframesNativeError} `INVALID_OPTION` for a table, or an upstream, of an unknown shape. A hook's first call rejects with
 * `PAGE_FUNCTIONS_MISSING` where neither the options nor an installed engine give upstream's function.
 * @example
 * ```ts
 * import { createFrameLookupTable, type ExtractedFrames, type VideoElement } from "@hyperframes/engine";
 * import { createVideoFrameInjector } from "hyperframes-native";
 *
 * // What parseVideoElements and extractAllVideoFrames of @hyperframes/engine gave.
 * export function hookFor(videos: VideoElement[], extracted: ExtractedFrames[]) {
 *   return createVideoFrameInjector(createFrameLookupTable(videos, extracted), { transport: "auto" });
 * }
 * ```
 */
export function createVideoFrameInjector(
  frameLookup: FrameLookup | null,
  config?: VideoFrameInjectorOptions,
): FrameHook | null {
  return wrapInjector(upstreamOf(config), frameLookup, config, []);
}

/** {@link createVideoFrameInjector} around a given upstream, whose further arguments are `rest`. */
export function wrapInjector(
  upstream: UpstreamInjector | undefined,
  frameLookup: FrameLookup | null,
  config: VideoFrameInjectorOptions | undefined,
  rest: readonly unknown[],
): FrameHook | null {
  if (!frameLookup) return null;
  if (typeof frameLookup.getActiveFramePayloads !== "function") {
    const advice = "Pass the table that createFrameLookupTable of @hyperframes/engine returns.";
    const message = "The frame lookup has no getActiveFramePayloads(time).";
    throw new HyperframesNativeError("INVALID_OPTION", message, { advice });
  }
  warnOfWrongVariables();
  const limits = cacheLimits(config);
  let make = upstream;
  return createFrameHook({
    lookup: frameLookup,
    cache: new FrameCache(limits),
    limits,
    policy: transportPolicy(config?.transport),
    tally: new HookTally(),
    logger: config?.logger,
    frameSrcResolver: config?.frameSrcResolver,
    loadUpstream: upstream
      ? undefined
      : async () => {
          make ??= await engineInjector();
        },
    makeUpstream: (resolver) =>
      make?.(frameLookup, wrappedOptions(config, resolver), ...rest) ?? (async () => undefined),
  });
}

function upstreamOf(config: VideoFrameInjectorOptions | undefined): UpstreamInjector | undefined {
  const { upstream, pageFunctions } = config ?? {};
  if (upstream !== undefined) {
    if (typeof upstream === "function") return upstream;
    throw new HyperframesNativeError("INVALID_OPTION", "config.upstream is no function.", {
      advice: "Pass createVideoFrameInjector of @hyperframes/engine, or leave upstream out.",
    });
  }
  if (pageFunctions === undefined) return undefined;
  if (isUpstreamModule(pageFunctions)) return pageFunctions.createVideoFrameInjector;
  throw new HyperframesNativeError(
    "INVALID_OPTION",
    "config.pageFunctions has no createVideoFrameInjector: upstream's own hook does the work, and its page functions alone do not make one.",
    { advice: "Pass the module of @hyperframes/engine, or leave pageFunctions out." },
  );
}
