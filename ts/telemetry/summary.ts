import { counted } from "../counted.js";
import type { SourceKind } from "../frame.js";
import type { TallyJson } from "../stats/hook-tally.js";

const MB = 1e6;

/** What a frame cache did during the render. */
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

/** What a summary is made of. */
export interface RenderFacts {
  readonly tally: TallyJson;
  /** One for each budget in use. */
  readonly caches: readonly CacheFacts[];
  /** Most bytes of pictures that Chrome is asked to keep decoded. */
  readonly decodedLimit: number;
  /** The variable that has screenshots keep their clip, as it was written; `undefined` where they do not. */
  readonly clip: string | undefined;
}

/** What each way is called. */
const WAYS: Readonly<Record<SourceKind, string>> = {
  file: "as files",
  served: "served",
  inline: "inline",
  resolver: "by frameSrcResolver",
  upstream: "read by HyperFrames itself",
};

/** A line of this package about the drop-in. */
export function lineOf(what: string): string {
  return `hyperframes-native is ${what}.`;
}

/** The one line about a render, for whoever started it. */
export function summaryLine({ tally, clip }: RenderFacts): string {
  const isHandedOver = tally.transport === "upstream";
  const parts = isHandedOver && tally.frames === 0 ? [] : [frames(tally)];
  if (isHandedOver) parts.push("HyperFrames' own path took over");
  const { quieted, seeksSaved } = tally.media;
  if (quieted > 0)
    parts.push(`${counted(quieted, "audio element")} quiet, ${counted(seeksSaved, "seek")} saved`);
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
  return [counted(frames, "video frame"), ...told].join(", ");
}

/** What else is known of a render, for whoever looks for a cause; and a hint for each budget that was too small for the frames seen. */
export function detailLines(facts: RenderFacts): string[] {
  const { tally } = facts;
  const { hook, ahead, framesBy } = tally;
  const parts = [
    counted(hook.calls, "step"),
    `hook p50 ${milliseconds(hook.p50Ms)}, p95 ${milliseconds(hook.p95Ms)}`,
  ];
  const asked = ahead.hits + ahead.misses;
  // Frames that go inline are never decoded ahead.
  if ((framesBy.file ?? 0) + (framesBy.served ?? 0) > 0) {
    parts.push(`${ahead.hits} of ${asked} decoded ahead`);
    if (ahead.repeats > 0) parts.push(`${ahead.repeats} the same as the one before`);
  }
  const { fallbacks } = tally;
  parts.push(
    fallbacks.length === 0
      ? "no fallback"
      : `fallbacks: ${fallbacks.map((fallback) => `${fallback.count} x ${fallback.reason}`).join(", ")}`,
  );
  for (const { limit, bytes, hits, misses, evictions } of facts.caches) {
    if (hits + misses === 0) continue;
    parts.push(
      `cache ${megabytes(bytes)} of ${megabytes(limit)}, ` +
        `hits ${hits}, misses ${misses}, evictions ${evictions}`,
    );
  }
  return [parts.join("; "), ...hints(facts)];
}

function hints({ tally, caches, decodedLimit }: RenderFacts): string[] {
  const found: string[] = [];
  const { decodedBytes, inlineBytes } = tally.largestStep;
  // A step is decoded while the one before is shown.
  if (2 * decodedBytes > decodedLimit) {
    found.push(
      `hint: the frames of one step take ${megabytes(decodedBytes)} decoded; Chrome keeps ${megabytes(decodedLimit)} for ` +
        "this step and the next, so some are decoded late. Smaller sources, or fewer at once, would render faster.",
    );
  }
  const used = caches.filter(({ hits, misses }) => hits + misses > 0);
  const smallest = Math.min(...used.map(({ limit }) => limit));
  const isTooLarge = used.some(({ oversized }) => oversized > 0);
  if (inlineBytes > smallest || isTooLarge) {
    const what = isTooLarge
      ? "one data URI alone is"
      : `the data URIs of one step take ${megabytes(inlineBytes)},`;
    found.push(
      `hint: ${what} more than the frame cache may keep (${megabytes(smallest)}), so frames that are shown again are read ` +
        "again. PRODUCER_FRAME_DATA_URI_CACHE_BYTES_MB, or frameDataUriCacheBytesLimitMb, makes it larger.",
    );
  }
  return found;
}

function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / MB)} MB`;
}
