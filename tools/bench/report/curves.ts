import { MODES } from "../as-rendered.js";
import { NUMBER_FORMAT } from "../quantity.js";
import type { BenchRender, BenchResult } from "../result.js";
import { spread } from "../spread.js";

/** One line of a plot. */
export interface Curve {
  readonly mode: BenchRender["mode"];
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Drawn faintly: one of several of the same kind, and not the one in the middle. */
  readonly faint?: boolean;
  /** Smallest and largest at each x, where the line is a median. */
  readonly range?: { readonly low: readonly number[]; readonly high: readonly number[] };
}

/** One plot, with all that its readout says. */
export interface Plot {
  readonly curves: readonly Curve[];
  readonly xName: string;
  /** There is nothing between two whole numbers. */
  readonly xIsWhole: boolean;
  readonly xUnit: string;
  readonly yUnit: string;
  /** How it is drawn at first. */
  readonly logarithmic: boolean;
}

/** What the report's own program is given. */
export interface Plots {
  readonly hook: Plot;
  readonly memory: Plot;
  readonly numberFormat: Intl.NumberFormatOptions;
}

/** From this ratio of the two middles on, a linear axis shows one of the curves as a line on the ground. */
const LARGEST_LINEAR_RATIO = 4;

export function plots(result: BenchResult): Plots {
  const hook = MODES.map((mode) => hookCurve(result, mode)).filter(({ x }) => x.length > 0);
  return {
    hook: {
      curves: hook,
      xName: "Frame",
      xIsWhole: true,
      xUnit: "",
      yUnit: "ms",
      logarithmic: isFarApart(hook),
    },
    memory: {
      curves: memoryCurves(result),
      xName: "At",
      xIsWhole: false,
      xUnit: " s",
      yUnit: "MB",
      logarithmic: false,
    },
    numberFormat: NUMBER_FORMAT,
  };
}

/** Each call's median over the pairs: the same call draws the same frame in each of them. */
function hookCurve({ pairs }: BenchResult, mode: BenchRender["mode"]): Curve {
  const renders = pairs.map((pair) => pair[mode].calls);
  const length = Math.max(...renders.map((calls) => calls.length));
  const spreads = Array.from({ length }, (_, n) =>
    spread(renders.flatMap((calls) => calls[n]?.hookMs ?? [])),
  );
  const curve = { mode, x: spreads.map((_, n) => n), y: spreads.map(({ median }) => rounded(median)) };
  if (pairs.length === 1) return curve;
  const range = { low: spreads.map(({ min }) => rounded(min)), high: spreads.map(({ max }) => rounded(max)) };
  return { ...curve, range };
}

/** Each pair's own line: their clocks differ, so there is no median at a time. */
function memoryCurves({ pairs }: BenchResult): readonly Curve[] {
  return MODES.flatMap((mode) => {
    const peaks = pairs.map((pair) => pair[mode].peakRssBytes);
    const middle = peaks.toSorted((a, b) => a - b)[Math.floor((peaks.length - 1) / 2)];
    const strong = peaks.indexOf(middle ?? 0);
    return pairs.map((pair, n) => ({
      mode,
      faint: n !== strong,
      x: pair[mode].memory.map(({ atMs }) => rounded(atMs / 1000)),
      y: pair[mode].memory.map(({ rssBytes }) => rounded(rssBytes / 1e6)),
    }));
  }).filter(({ x }) => x.length > 0);
}

function isFarApart(curves: readonly Curve[]): boolean {
  const middles = curves.map(({ y }) => spread(y).median);
  return Math.max(...middles) > LARGEST_LINEAR_RATIO * Math.min(...middles);
}

/** Digits that no plot shows would only make the file larger. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
