import type { ProcessUse } from "./process-watch.js";
import type { Unit } from "./quantity.js";
import type { BenchPair, BenchRender, BenchResult } from "./result.js";

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
  | "extract"
  | "capture"
  | "encode"
  | "rest"
  | "cpuAll"
  | "cpuChrome"
  | "cpu"
  | "cpuFfmpeg"
  | "peakAll"
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
    title: "Its parts",
    within:
      "extraction: looking for the frames that the warm-up extracted; capture: from the first frame to the last, and the encoding " +
      "where that goes on meanwhile; encoding: where it comes after the capture; the rest: Node's and the browser's start, reading " +
      "the page, its sound, putting the file together",
    without: "what HyperFrames itself does not tell",
    measures: [
      { key: "extract", title: "Extraction", unit: "s", of: ({ stages }) => seconds(stages?.extractMs) },
      { key: "capture", title: "Capture", unit: "s", of: ({ stages }) => seconds(stages?.captureMs) },
      { key: "encode", title: "Encoding", unit: "s", of: ({ stages }) => seconds(stages?.encodeMs) },
      { key: "rest", title: "The rest", unit: "s", of: (render) => seconds(restMs(render)) },
    ],
  },
  {
    title: "Processor time",
    within: "all cores, of all processes of a render; with ffmpeg that of ffprobe",
    without: "what Chrome and ffmpeg did in a process's last quarter of a second",
    measures: [
      {
        key: "cpuAll",
        title: "Processor time",
        unit: "s",
        of: ({ processes }) => processes && sumS(processes.cpuMs),
      },
      {
        key: "cpuChrome",
        title: "Chrome's",
        unit: "s",
        of: ({ processes }) => seconds(processes?.cpuMs.chrome),
      },
      { key: "cpu", title: "Node's", unit: "s", of: ({ cpuMs }) => cpuMs / 1000 },
      {
        key: "cpuFfmpeg",
        title: "ffmpeg's",
        unit: "s",
        of: ({ processes }) => seconds(processes?.cpuMs.ffmpeg),
      },
    ],
  },
  {
    title: "Peak memory",
    within:
      "of all processes at one time, each with the pages that it shares; Node's: from the start of the capture on",
    without: "of Node's: the stages before the capture",
    measures: [
      {
        key: "peakAll",
        title: "Peak memory",
        unit: "bytes",
        of: ({ processes }) => processes?.peakRssBytes ?? null,
      },
      { key: "peakRss", title: "Node's peak memory", unit: "bytes", of: ({ peakRssBytes }) => peakRssBytes },
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

function sumS({ node, chrome, ffmpeg }: ProcessUse["cpuMs"]): number {
  return (node + chrome + ffmpeg) / 1000;
}

function seconds(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : ms / 1000;
}

/** What a render took beside the stages that are told apart; `null` where HyperFrames tells none. */
export function restMs({ wallMs, stages }: BenchRender): number | null {
  return stages && Math.max(0, wallMs - stages.extractMs - stages.captureMs - (stages.encodeMs ?? 0));
}

/** A number of the pair in the middle, and how far those of all pairs lie apart. */
export interface Around {
  readonly min: number;
  readonly middle: number;
  readonly max: number;
}

/**
 * A measure over all pairs. The pair in the middle is the one whose ratio is the median (of an even number the lower one), so that the two
 * numbers that are shown, divided, give the ratio that is shown.
 */
export interface MeasuredRow {
  readonly measure: Measure;
  readonly stock: Around | null;
  readonly native: Around | null;
  /** Stock divided by native, pair by pair; `null` where one of the two is missing or native is zero. */
  readonly ratios: readonly (number | null)[];
  /** Of renders right after one another, so that a change of the machine between pairs does not enter. */
  readonly ratio: Around | null;
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
  const both = pairs.map((pair) => {
    const [stock, native] = [measure.of(pair.stock), measure.of(pair.native)];
    const ratio = stock === null || native === null || native === 0 ? null : stock / native;
    return { stock, native, ratio };
  });
  // Without any ratio it is the one with the middle stock.
  const key = both.some(({ ratio }) => ratio !== null) ? "ratio" : "stock";
  const sorted = both.filter((one) => one[key] !== null).toSorted((a, b) => (a[key] ?? 0) - (b[key] ?? 0));
  const middle = sorted[Math.floor((sorted.length - 1) / 2)] ?? both[0];
  const around = (of: "stock" | "native" | "ratio"): Around | null => {
    const values = both.map((one) => one[of]).filter((value) => value !== null);
    const at = middle?.[of] ?? values[0];
    return at === undefined ? null : { min: Math.min(...values), middle: at, max: Math.max(...values) };
  };
  return {
    measure,
    stock: around("stock"),
    native: around("native"),
    ratios: both.map(({ ratio }) => ratio),
    ratio: around("ratio"),
  };
}
