import type { FrameCacheStats } from "../cache/frame-cache.js";
import type { TallyJson } from "../stats/hook-tally.js";

const MB = 1e6;

/** What a summary is made of. */
export interface RenderFacts {
  readonly tally: TallyJson;
  readonly cache: FrameCacheStats | undefined;
  /** Most bytes of data URIs that the cache may keep. */
  readonly cacheLimit: number;
  /** Most bytes of pictures that Chrome is asked to keep decoded. */
  readonly decodedLimit: number;
}

/** One line about a render, and a hint for each budget that was too small for the frames seen. */
export function summaryLines(facts: RenderFacts): string[] {
  const { tally, cache } = facts;
  const { hook, ahead } = tally;
  const parts = [
    `${count(tally.frames, "frame")} in ${count(hook.calls, "step")} (${frameWays(tally)})`,
    `hook p50 ${milliseconds(hook.p50Ms)}, p95 ${milliseconds(hook.p95Ms)}`,
  ];
  const asked = ahead.hits + ahead.misses;
  if (asked > 0) parts.push(`${ahead.hits} of ${asked} decoded ahead`);
  const { fallbacks } = tally;
  parts.push(
    fallbacks.length === 0
      ? "no fallback"
      : `fallbacks: ${fallbacks.map((fallback) => `${fallback.count} x ${fallback.reason}`).join(", ")}`,
  );
  if (cache !== undefined && cache.hits + cache.misses > 0) {
    parts.push(
      `cache ${megabytes(cache.bytes)} of ${megabytes(facts.cacheLimit)}, ` +
        `hits ${cache.hits}, misses ${cache.misses}, evictions ${cache.evictions}`,
    );
  }
  return [parts.join("; "), ...hints(facts)];
}

function frameWays({ transport, framesBy }: TallyJson): string {
  const ways = Object.entries(framesBy).map(([kind, frames]) => `${frames} ${kind}`);
  if (transport === "upstream") ways.push("the rest by upstream's own path");
  return ways.length === 0 ? "none" : ways.join(", ");
}

function hints({ tally, cache, cacheLimit, decodedLimit }: RenderFacts): string[] {
  const found: string[] = [];
  const { decodedBytes, inlineBytes } = tally.largestStep;
  // A step is decoded while the one before is shown.
  if (2 * decodedBytes > decodedLimit) {
    found.push(
      `hint: the frames of one step take ${megabytes(decodedBytes)} decoded; Chrome keeps ${megabytes(decodedLimit)} for ` +
        "this step and the next, so some are decoded late. Smaller sources, or fewer at once, would render faster.",
    );
  }
  if (inlineBytes > cacheLimit || (cache?.oversizedRejections ?? 0) > 0) {
    found.push(
      `hint: the data URIs of one step take ${megabytes(inlineBytes)}, more than the frame cache may keep ` +
        `(${megabytes(cacheLimit)}), so frames that are shown again are read again. ` +
        "PRODUCER_FRAME_DATA_URI_CACHE_BYTES_MB, or frameDataUriCacheBytesLimitMb, makes it larger.",
    );
  }
  return found;
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / MB)} MB`;
}
