import { HyperframesNativeError } from "./errors.js";
import { type FrameLookup, isFrameLookup } from "./frame.js";
import { createFrameHook, type FrameHook } from "./hook.js";
import { contained } from "./native/binding.js";
import { FrameCache } from "./native/frame-cache.js";
import { type CacheLimitsConfig, cacheLimits, decodedLimit } from "./native/limits.js";
import { onceGone } from "./page/page.js";
import { HookTally } from "./telemetry/hook-tally.js";
import { processReport } from "./telemetry/process-report.js";
import { RenderWatch, type SummaryLogger, type WatchedHook } from "./telemetry/render-watch.js";
import { type TransportChoice, transportPolicy } from "./transports/choose.js";
import {
  type BeforeCaptureHook,
  engineInjector,
  isUpstreamModule,
  type UpstreamInjector,
  type UpstreamModule,
  type UpstreamOptions,
  wrappedOptions,
} from "./upstream.js";
import { keeps, tellWrongVariables } from "./variables.js";

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
  /** Makes a frame that is not a whole picture an error; by default it is passed on with one warning. */
  readonly strictFrames?: boolean | undefined;
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

/**
 * {@link createVideoFrameInjector} around a given upstream.
 *
 * @param rest what upstream's function is called with besides, as it comes.
 */
export function wrapInjector(
  upstream: UpstreamInjector | undefined,
  frameLookup: FrameLookup | null,
  config: VideoFrameInjectorOptions | undefined,
  rest: readonly unknown[],
): FrameHook | null {
  if (!frameLookup) return null;
  if (!isFrameLookup(frameLookup)) {
    throw new HyperframesNativeError(
      "INVALID_OPTION",
      "The frame lookup has no getActiveFramePayloads(time).",
      {
        advice: "Pass the table that createFrameLookupTable of @hyperframes/engine returns.",
      },
    );
  }
  tellWrongVariables();
  const limits = cacheLimits(config);
  const cache = new FrameCache({ ...limits, strict: config?.strictFrames === true });
  const policy = transportPolicy(config?.transport);
  const report = processReport();
  const decoded = decodedLimit();
  const tally = new HookTally(report?.tally);
  const readCache = () => contained("stats", () => cache.stats());
  const watched: WatchedHook = {
    lookup: frameLookup,
    tally,
    logger: config?.logger,
    cacheLimit: limits.bytesLimit,
    decodedLimit: decoded,
    cacheStats: readCache,
  };
  report?.hookMade();
  return createFrameHook({
    upstream: () => upstream ?? engineInjector(),
    session: (make) => ({
      lookup: frameLookup,
      cache,
      policy,
      makeUpstream: (resolver) =>
        (make(frameLookup, wrappedOptions(config, resolver), ...rest) as BeforeCaptureHook | null) ?? nothing,
      frameSrcResolver: config?.frameSrcResolver,
      decodedLimit: decoded,
      tally,
      keepsMedia: keeps("HYPERFRAMES_NATIVE_MEDIA"),
    }),
    cacheStats: () => cache.stats(),
    tally,
    onPage: (page) => {
      RenderWatch.opened(watched, page);
      if (report !== undefined) onceGone(page, () => report.save());
    },
    onCall:
      report &&
      (() => {
        const stats = readCache();
        if (stats !== undefined) report.readCache(`${limits.entryLimit}/${limits.bytesLimit}`, stats);
      }),
  });
}

/** What upstream's function gives where there is nothing to do. */
async function nothing(): Promise<void> {}

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
