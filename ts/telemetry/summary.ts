import type { SourceKind } from "../frame.js";
import { decodedLimit } from "../native/limits.js";
import type { TallyJson } from "./hook-tally.js";

const MB = 1e6;

/** A frame cache and what it did during the render. */
export interface CacheFacts {
  /** Most bytes of data URIs that it may keep. */
  readonly limit: number;
  /** Bytes of those that it keeps at the end. */
  readonly bytes: number;
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
  /** Data URIs that alone are larger than the limit. */
  readonly oversized: number;
}

export interface RenderFacts {
  readonly tally: TallyJson;
  /** One for each budget in use. */
  readonly caches: readonly CacheFacts[];
  /** The variable that has screenshots keep their clip, as it was written; `undefined` where they do not. */
  readonly clip: string | undefined;
}

const WAYS: Readonly<Record<SourceKind, string>> = {
  file: "as files",
  served: "served",
  inline: "inline",
  resolver: "by frameSrcResolver",
  upstream: "read by HyperFrames itself",
};

export function lineOf(state: string): string {
  return `hyperframes-native is ${state}.`;
}

/** A number of things, in English: `1 frame`, `3 frames`. */
export function pluralize(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** The one line about a render, for whoever started it. */
export function summaryLine({ tally, clip }: RenderFacts): string {
  const isHandedOver = tally.transport === "upstream";
  const parts = isHandedOver && tally.frames === 0 ? [] : [frames(tally)];
  if (isHandedOver) parts.push("HyperFrames' own path took over");
  const { quieted, seeksSaved } = tally.media;
  if (quieted > 0)
    parts.push(`${pluralize(quieted, "audio element")} quiet, ${pluralize(seeksSaved, "seek")} saved`);
  if (clip !== undefined) parts.push(`screenshots kept their clip (${clip})`);
  else if (tally.notAhead !== null && tally.ahead.hits === 0)
    parts.push(`no frame was decoded ahead, since ${tally.notAhead}`);
  return lineOf(`on: ${parts.join("; ")}`);
}

function frames({ frames, framesBy }: TallyJson): string {
  if (frames === 0) return "no frame of a video was shown";
  const ways = (Object.entries(framesBy) as [SourceKind, number][]).toSorted(([, a], [, b]) => b - a);
  const [first] = ways;
  const all = ways.length === 1 && first !== undefined && frames > 1 ? [`all ${WAYS[first[0]]}`] : undefined;
  const told = all ?? ways.map(([kind, number]) => (frames === 1 ? WAYS[kind] : `${number} ${WAYS[kind]}`));
  return [pluralize(frames, "video frame"), ...told].join(", ");
}

/** The details of a render, for whoever looks for a cause; and a hint for each budget that was too small for the frames seen. */
export function detailLines({ tally, caches }: RenderFacts): string[] {
  const { hook, ahead, framesBy, fallbacks } = tally;
  const parts = [
    pluralize(hook.calls, "step"),
    `hook p50 ${milliseconds(hook.p50Ms)}, p95 ${milliseconds(hook.p95Ms)}`,
  ];
  // Frames that go inline are never decoded ahead.
  if ((framesBy.file ?? 0) + (framesBy.served ?? 0) > 0) {
    parts.push(`${ahead.hits} of ${ahead.hits + ahead.misses} decoded ahead`);
    if (ahead.repeats > 0) parts.push(`${ahead.repeats} the same as the one before`);
  }
  const reasons = fallbacks.map(({ count, reason }) => `${count} x ${reason}`).join(", ");
  parts.push(reasons === "" ? "no fallback" : `fallbacks: ${reasons}`);
  const used = caches.filter(({ hits, misses }) => hits + misses > 0);
  for (const { limit, bytes, hits, misses, evictions } of used) {
    const size = `cache ${megabytes(bytes)} of ${megabytes(limit)}`;
    parts.push(`${size}, hits ${hits}, misses ${misses}, evictions ${evictions}`);
  }
  return [parts.join("; "), ...hints(tally, used)];
}

function* hints({ largestStep }: TallyJson, caches: readonly CacheFacts[]): Generator<string> {
  const { decodedBytes, inlineBytes } = largestStep;
  const most = decodedLimit();
  // A step is decoded while the one before is shown.
  if (2 * decodedBytes > most) {
    yield `hint: the frames of one step take ${megabytes(decodedBytes)} decoded; Chrome keeps ${megabytes(most)} for ` +
      "this step and the next, so some are decoded late. Smaller sources, or fewer at once, would render faster.";
  }
  const smallest = Math.min(...caches.map(({ limit }) => limit));
  const isTooLarge = caches.some(({ oversized }) => oversized > 0);
  if (inlineBytes > smallest || isTooLarge) {
    const subject = isTooLarge
      ? "one data URI alone is"
      : `the data URIs of one step take ${megabytes(inlineBytes)},`;
    yield `hint: ${subject} more than the frame cache may keep (${megabytes(smallest)}), so frames that are shown again are read ` +
      "again. PRODUCER_FRAME_DATA_URI_CACHE_BYTES_MB, or frameDataUriCacheBytesLimitMb, makes it larger.";
  }
}

function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / MB)} MB`;
}
