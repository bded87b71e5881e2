import { contained } from "../binding/contained.js";
import { FrameCache } from "../cache/frame-cache.js";
import { inspectFrames } from "../cache/frame-info.js";
import { type CacheLimitsConfig, cacheLimits } from "../cache/limits.js";
import { HyperframesNativeError } from "../errors.js";
import { decodedLimit } from "../look-ahead/decoded-limit.js";
import { type FrameLookup, isFrameLookup } from "../lookup/frame-lookup.js";
import { keepsDecoded } from "../page/decoded-images.js";
import { onceGone } from "../page/page.js";
import {
  enginePageFunctions,
  isPageFunctions,
  type PageFunctions,
  withRedraw,
} from "../page/page-functions.js";
import { HookTally } from "../stats/hook-tally.js";
import { processReport } from "../stats/process-report.js";
import { RenderWatch, type SummaryLogger, type WatchedHook } from "../telemetry/render-watch.js";
import { InlineTransport } from "../transport/inline.js";
import { type TransportChoice, transportPolicy } from "../transport/policy.js";
import { keeps, tellWrongVariables } from "../variables.js";
import { type BeforeCaptureHook, createFrameHook, type FrameHook } from "./hook.js";

/** Upstream's options and this package's own. Unknown keys are tolerated, as upstream does. */
export interface VideoFrameInjectorOptions extends CacheLimitsConfig {
  /** A `src` for a frame instead of its bytes; a non-null answer is used untouched and the file is not read. */
  readonly frameSrcResolver?: ((framePath: string) => string | null) | undefined;
  /**
   * Upstream's page functions; without them those of the installed `@hyperframes/engine` are used. The module itself is better than the
   * two functions alone: those of versions from 0.6.121 to 0.7.48 have colour grading drawn again in a third step, which only their
   * `createVideoFrameInjector` tells of.
   */
  readonly pageFunctions?: PageFunctions | undefined;
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

/** Where the register hook adds what a bundle holds. */
export interface HostParts {
  readonly pageFunctions?: PageFunctions;
  readonly upstream?: () => BeforeCaptureHook | null;
}

/**
 * Drop-in for upstream's `createVideoFrameInjector`: a hook that puts the extracted frame of every active video into
 * the page before each capture.
 *
 * @param frameLookup upstream's lookup table; `null` (no videos) gives a `null` hook.
 * @param config upstream's options; see {@link VideoFrameInjectorOptions}.
 * @throws {HyperframesNativeError} `INVALID_OPTION` for a table or page functions of an unknown shape.
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
  return createHostedInjector(frameLookup, config, {});
}

/** {@link createVideoFrameInjector} with the parts of the host that it runs in. */
export function createHostedInjector(
  frameLookup: FrameLookup | null,
  config: VideoFrameInjectorOptions | undefined,
  host: HostParts,
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
  const given = config?.pageFunctions ?? host.pageFunctions;
  if (given !== undefined && !isPageFunctions(given)) {
    throw new HyperframesNativeError(
      "INVALID_OPTION",
      "config.pageFunctions needs injectVideoFramesBatch and syncVideoFrameVisibility, both functions.",
      { advice: "Pass the two functions of @hyperframes/engine, or leave pageFunctions out." },
    );
  }
  const own = given && withRedraw(given);
  tellWrongVariables();
  const limits = cacheLimits(config);
  const cache = new FrameCache({ ...limits, strict: config?.strictFrames === true });
  const inline = new InlineTransport(cache);
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
    lookup: frameLookup,
    feed: {
      ...transportPolicy(config?.transport, inline),
      lookup: frameLookup,
      inline,
      inspect: (frames) => inspectFrames(cache, frames),
      decodedLimit: decoded,
      keepsDecoded,
      tally,
    },
    frameSrcResolver: config?.frameSrcResolver,
    pageFunctions: async () => own ?? enginePageFunctions(),
    cacheStats: () => cache.stats(),
    upstream: host.upstream,
    tally,
    keepsMedia: keeps("HYPERFRAMES_NATIVE_MEDIA"),
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
