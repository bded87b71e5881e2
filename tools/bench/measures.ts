import type { ProcessUse } from "./process-watch.js";
import type { Unit } from "./quantity.js";
import type { BenchPair, BenchRender, BenchResult } from "./result.js";

/** One number of a render; of all of them less is better. */
export interface Measure<Key extends string = string> {
  readonly key: Key;
  readonly title: string;
  readonly unit: Unit;
  /** `null` where the render gives none. */
  readonly of: (render: BenchRender) => number | null;
}

function measure<Key extends string>(key: Key, title: string, unit: Unit, of: Measure["of"]): Measure<Key> {
  return { key, title, unit, of };
}

/** Measures that are explained together. */
interface MeasureGroup {
  readonly title: string;
  /** What is in the numbers. */
  readonly within: string;
  /** What is not. */
  readonly without: string;
  readonly measures: readonly Measure[];
}

/** Everything that is compared, in the order in which it is shown. */
export const MEASURE_GROUPS = [
  {
    title: "Captured frame",
    within: "the producer's own median over all frames of seek, hook and screenshot",
    without: "browser start, extraction of the frames, the encoder's end",
    measures: [measure("capturedFrame", "Captured frame, median", "ms", (render) => render.capturedFrameMs)],
  },
  {
    title: "Hook",
    within: "the calls that put the videos' frames into the page, the first one included",
    without: "the capture after it: what Chrome goes on decoding meanwhile shows up in the captured frame",
    measures: [
      measure("hookMean", "Hook, mean", "ms", ({ hook }) => hook.meanMs),
      measure("hookP50", "Hook, median", "ms", ({ hook }) => hook.p50Ms),
      measure("hookP95", "Hook, 95th percentile", "ms", ({ hook }) => hook.p95Ms),
      measure("hookP99", "Hook, 99th percentile", "ms", ({ hook }) => hook.p99Ms),
      measure("hookMax", "Hook, longest", "ms", ({ hook }) => hook.maxMs),
    ],
  },
  {
    title: "Frame to frame",
    within: "the mean time from one frame to the next: hook, seek and screenshot, handing it to the encoder",
    without: "what comes before the first frame and after the last",
    measures: [
      measure(
        "frameToFrame",
        "Frame to frame, mean",
        "ms",
        ({ split }) => split.hookMs + split.captureMs + split.otherMs,
      ),
    ],
  },
  {
    title: "Whole render",
    within: "from the start of the Node process to the finished video: browser start, capture, encoding",
    without: "the extraction of the frames, which a warm-up did before; the comparison of the videos",
    measures: [measure("wall", "Whole render", "s", ({ wallMs }) => wallMs / 1000)],
  },
  {
    title: "Its parts",
    within:
      "extraction: looking for the frames that the warm-up extracted; capture: from the first frame to the last, and the encoding " +
      "where that goes on meanwhile; encoding: where it comes after the capture; the rest: Node's and the browser's start, reading " +
      "the page, its sound, putting the file together",
    without: "what HyperFrames itself does not tell",
    measures: [
      measure("extract", "Extraction", "s", ({ stages }) => seconds(stages?.extractMs)),
      measure("capture", "Capture", "s", ({ stages }) => seconds(stages?.captureMs)),
      measure("encode", "Encoding", "s", ({ stages }) => seconds(stages?.encodeMs)),
      measure("rest", "The rest", "s", (render) => seconds(restMs(render))),
    ],
  },
  {
    title: "Processor time",
    within: "all cores, of all processes of a render; with ffmpeg that of ffprobe",
    without: "what Chrome and ffmpeg did in a process's last quarter of a second",
    measures: [
      measure("cpuAll", "Processor time", "s", ({ processes }) => processes && sumS(processes.cpuMs)),
      measure("cpuChrome", "Chrome's", "s", ({ processes }) => seconds(processes?.cpuMs.chrome)),
      measure("cpu", "Node's", "s", ({ cpuMs }) => cpuMs / 1000),
      measure("cpuFfmpeg", "ffmpeg's", "s", ({ processes }) => seconds(processes?.cpuMs.ffmpeg)),
    ],
  },
  {
    title: "Peak memory",
    within:
      "of all processes at one time, each with the pages that it shares; Node's: from the start of the capture on",
    without: "of Node's: the stages before the capture",
    measures: [
      measure("peakAll", "Peak memory", "bytes", ({ processes }) => processes?.peakRssBytes ?? null),
      measure("peakRss", "Node's peak memory", "bytes", ({ peakRssBytes }) => peakRssBytes),
    ],
  },
  {
    title: "Debugging protocol",
    within: "bytes through the browser's debugging connection, both ways",
    without: "frame files that Chrome reads itself or fetches from the loopback server",
    measures: [
      measure("sent", "Protocol, sent", "bytes", ({ protocol }) => protocol.sentBytes),
      measure("received", "Protocol, received", "bytes", ({ protocol }) => protocol.receivedBytes),
    ],
  },
  {
    title: "Event-loop delay",
    within: "how late Node's event loop was while frames were captured",
    without: "the stages before and after",
    measures: [
      measure("loopP50", "Event-loop delay, median", "ms", ({ eventLoopDelay }) => eventLoopDelay.p50Ms),
      measure(
        "loopP99",
        "Event-loop delay, 99th percentile",
        "ms",
        ({ eventLoopDelay }) => eventLoopDelay.p99Ms,
      ),
      measure("loopMax", "Event-loop delay, longest", "ms", ({ eventLoopDelay }) => eventLoopDelay.maxMs),
    ],
  },
] as const satisfies readonly MeasureGroup[];

export type MeasureKey = (typeof MEASURE_GROUPS)[number]["measures"][number]["key"];

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
