import type { Unit } from "./quantity.js";
import type { BenchPair, BenchRender, BenchResult } from "./result.js";
import { type Spread, spread } from "./spread.js";

/** One number of a render; of all of them less is better. */
export interface Measure {
  readonly key: MeasureKey;
  readonly title: string;
  readonly unit: Unit;
  /** `null` where the render gives none. */
  readonly of: (render: BenchRender) => number | null;
}

export type MeasureKey =
  | "capturedFrame"
  | "hookMean"
  | "hookP50"
  | "hookP95"
  | "hookP99"
  | "hookMax"
  | "frameToFrame"
  | "wall"
  | "cpu"
  | "peakRss"
  | "sent"
  | "received"
  | "loopP50"
  | "loopP99"
  | "loopMax";

/** Measures that are explained together. */
export interface MeasureGroup {
  readonly title: string;
  /** What is in the numbers. */
  readonly within: string;
  /** What is not. */
  readonly without: string;
  readonly measures: readonly Measure[];
}

/** Everything that is compared, in the order in which it is shown. */
export const MEASURE_GROUPS: readonly MeasureGroup[] = [
  {
    title: "Captured frame",
    within: "the producer's own median over all frames of seek, hook and screenshot",
    without: "browser start, extraction of the frames, the encoder's end",
    measures: [
      {
        key: "capturedFrame",
        title: "Captured frame, median",
        unit: "ms",
        of: (render) => render.capturedFrameMs,
      },
    ],
  },
  {
    title: "Hook",
    within: "the calls that put the videos' frames into the page, the first one included",
    without: "the capture after it: what Chrome goes on decoding meanwhile shows up in the captured frame",
    measures: [
      { key: "hookMean", title: "Hook, mean", unit: "ms", of: ({ hook }) => hook.meanMs },
      { key: "hookP50", title: "Hook, median", unit: "ms", of: ({ hook }) => hook.p50Ms },
      { key: "hookP95", title: "Hook, 95th percentile", unit: "ms", of: ({ hook }) => hook.p95Ms },
      { key: "hookP99", title: "Hook, 99th percentile", unit: "ms", of: ({ hook }) => hook.p99Ms },
      { key: "hookMax", title: "Hook, longest", unit: "ms", of: ({ hook }) => hook.maxMs },
    ],
  },
  {
    title: "Frame to frame",
    within: "the mean time from one frame to the next: hook, seek and screenshot, handing it to the encoder",
    without: "what comes before the first frame and after the last",
    measures: [
      {
        key: "frameToFrame",
        title: "Frame to frame, mean",
        unit: "ms",
        of: ({ split }) => split.hookMs + split.captureMs + split.otherMs,
      },
    ],
  },
  {
    title: "Whole render",
    within: "from the start of the Node process to the finished video: browser start, capture, encoding",
    without: "the extraction of the frames, which a warm-up did before; the comparison of the videos",
    measures: [{ key: "wall", title: "Whole render", unit: "s", of: ({ wallMs }) => wallMs / 1000 }],
  },
  {
    title: "Node's CPU",
    within: "processor time of the Node process that renders, from start to end",
    without: "Chrome, ffmpeg",
    measures: [{ key: "cpu", title: "Node's CPU", unit: "s", of: ({ cpuMs }) => cpuMs / 1000 }],
  },
  {
    title: "Node's peak memory",
    within: "the same process, from the start of the capture on",
    without: "the stages before it, Chrome, ffmpeg",
    measures: [
      {
        key: "peakRss",
        title: "Node's peak memory",
        unit: "bytes",
        of: ({ peakRssBytes }) => peakRssBytes,
      },
    ],
  },
  {
    title: "Debugging protocol",
    within: "bytes through the browser's debugging connection, both ways",
    without: "frame files that Chrome reads itself or fetches from the loopback server",
    measures: [
      { key: "sent", title: "Protocol, sent", unit: "bytes", of: ({ protocol }) => protocol.sentBytes },
      {
        key: "received",
        title: "Protocol, received",
        unit: "bytes",
        of: ({ protocol }) => protocol.receivedBytes,
      },
    ],
  },
  {
    title: "Event-loop delay",
    within: "how late Node's event loop was while frames were captured",
    without: "the stages before and after",
    measures: [
      {
        key: "loopP50",
        title: "Event-loop delay, median",
        unit: "ms",
        of: ({ eventLoopDelay }) => eventLoopDelay.p50Ms,
      },
      {
        key: "loopP99",
        title: "Event-loop delay, 99th percentile",
        unit: "ms",
        of: ({ eventLoopDelay }) => eventLoopDelay.p99Ms,
      },
      {
        key: "loopMax",
        title: "Event-loop delay, longest",
        unit: "ms",
        of: ({ eventLoopDelay }) => eventLoopDelay.maxMs,
      },
    ],
  },
];

/** A measure over all pairs. */
export interface MeasuredRow {
  readonly measure: Measure;
  readonly stock: Spread | null;
  readonly native: Spread | null;
  /** Stock divided by native, pair by pair; `null` where one of the two is missing or native is zero. */
  readonly ratios: readonly (number | null)[];
  /** The median is what the headline tells: of ratios within a pair, so that a change of the load between pairs does not enter. */
  readonly ratio: Spread | null;
}

/** @throws {RangeError} for a result without pairs. */
export function measured(result: BenchResult): readonly MeasuredRow[] {
  if (result.pairs.length === 0) throw new RangeError("a result without pairs");
  return MEASURE_GROUPS.flatMap(({ measures }) => measures.map((measure) => row(measure, result.pairs)));
}

/** The row of one measure. */
export function rowOf(rows: readonly MeasuredRow[], key: MeasureKey): MeasuredRow {
  const found = rows.find(({ measure }) => measure.key === key);
  if (found === undefined) throw new RangeError(`no row for ${key}`);
  return found;
}

function row(measure: Measure, pairs: readonly BenchPair[]): MeasuredRow {
  const ratios = pairs.map(({ stock, native }) => {
    const [divided, by] = [measure.of(stock), measure.of(native)];
    return divided === null || by === null || by === 0 ? null : divided / by;
  });
  return {
    measure,
    stock: spreadOf(pairs.map(({ stock }) => measure.of(stock))),
    native: spreadOf(pairs.map(({ native }) => measure.of(native))),
    ratios,
    ratio: spreadOf(ratios),
  };
}

function spreadOf(values: readonly (number | null)[]): Spread | null {
  const given = values.filter((value) => value !== null);
  return given.length === 0 ? null : spread(given);
}
