/**
 * Runs in the report: draws the plots and says the numbers at the cursor. It is inlined as compiled, so it imports
 * nothing but types.
 */
import type UPlot from "uplot";
import type { Curve, Plot, Plots } from "../curves.js";

declare const uPlot: typeof UPlot;

type Mode = Curve["mode"];

/** Dashed and not, so that the two can be told apart without colours. */
const DASHES: Readonly<Record<Mode, number[]>> = { stock: [7, 4], native: [] };

/** Room below and above the curves of a logarithmic axis, as a factor. */
const LOG_MARGIN = 1.4;

/** Steps between the ticks of frames. */
const WHOLE_STEPS = [0, 1, 2, 3, 4, 5].flatMap((power) => [1, 2, 5].map((step) => step * 10 ** power));

/** What stands where the readout will. */
const HINT = matchMedia("(hover: hover)").matches
  ? "Point at the plot to read it; drag to zoom, double-click to see all."
  : "Tap the plot to read it.";

const FONT = "12px system-ui, sans-serif";

const { numberFormat, ...all } = JSON.parse(document.getElementById("plots")?.textContent ?? "{}") as Plots;
const numbers = new Intl.NumberFormat("en-US", numberFormat);
const ticks = new Intl.NumberFormat("en-US", { maximumFractionDigits: 3 });

for (const figure of document.querySelectorAll<HTMLElement>("figure[data-plot]")) {
  draw(figure, all[figure.dataset.plot as keyof typeof all]);
}

// On paper nothing can be unfolded.
addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details")) folded.open = true;
});

function draw(figure: HTMLElement, plot: Plot): void {
  const place = figure.querySelector<HTMLElement>(".plot");
  if (place === null) return;
  let logarithmic = plot.logarithmic;
  let shown: UPlot | undefined;
  const build = () => {
    shown?.destroy();
    const series = allSeries(plot, logarithmic);
    shown = new uPlot(options(figure, plot, series, size(place), logarithmic), data(series), place);
    tell(figure, plot, series, shown);
  };
  // Folded away it has no width yet.
  new ResizeObserver(() => {
    if (place.clientWidth === 0) return;
    if (shown === undefined) build();
    else shown.setSize(size(place));
  }).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    if (shown !== undefined) build();
  });
  const choice = figure.querySelector<HTMLElement>(".switch");
  if (choice === null) return;
  choice.hidden = false;
  choice.addEventListener("change", (event) => {
    logarithmic = (event.target as HTMLInputElement).value === "log";
    build();
  });
}

function size(place: HTMLElement): { width: number; height: number } {
  const width = place.clientWidth;
  return { width, height: Math.round(Math.min(340, Math.max(220, width * 0.36))) };
}

/** One line as uPlot wants it; the two ends of a band are lines as well. */
interface Line {
  readonly mode: Mode;
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
  readonly role: "line" | "high" | "low";
  readonly faint: boolean;
}

function allSeries(plot: Plot, logarithmic: boolean): Line[] {
  // A logarithmic axis has no place for zero.
  const drawable = (y: readonly number[]) => y.map((value) => (logarithmic && value <= 0 ? null : value));
  return plot.curves.flatMap(({ mode, x, y, range, faint = false }): Line[] => [
    ...(range === undefined
      ? []
      : [
          { mode, x, y: drawable(range.high), role: "high" as const, faint },
          { mode, x, y: drawable(range.low), role: "low" as const, faint },
        ]),
    { mode, x, y: drawable(y), role: "line", faint },
  ]);
}

/** All lines over one x; `null` where a line has no value there. */
function data(series: readonly Line[]): UPlot.AlignedData {
  return uPlot.join(series.map(({ x, y }) => [x, y] as unknown as UPlot.AlignedData));
}

function options(
  figure: HTMLElement,
  plot: Plot,
  series: readonly Line[],
  area: { width: number; height: number },
  logarithmic: boolean,
): UPlot.Options {
  const alone = onlyX(series);
  const soft = colour("--soft");
  const axis: UPlot.Axis = {
    stroke: soft,
    font: FONT,
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { stroke: colour("--line"), width: 1, size: 5 },
  };
  return {
    ...area,
    padding: [10, 14, 0, 0],
    scales: {
      x: { time: false, range: alone === null ? (_, min, max) => [min, max] : [alone - 0.5, alone + 0.5] },
      y: logarithmic
        ? { distr: 3, log: 10, range: (_, min, max) => [min / LOG_MARGIN, max * LOG_MARGIN] }
        : { range: (_, __, max) => [0, max > 0 ? max * 1.08 : 1] },
    },
    axes: [
      {
        ...axis,
        ...(plot.xIsWhole ? { incrs: WHOLE_STEPS } : {}),
        size: 30,
        space: 60,
        values: (_, splits) => splits.map(tick),
      },
      {
        ...axis,
        size: (self, values) => widest(self, values) + 14,
        values: (_, splits) => splits.map(tick),
        space: 34,
        ...(logarithmic ? { splits: roundSplits, filter: (_, splits) => splits } : {}),
      },
    ],
    series: [{}, ...series.map(toSeries)],
    bands: series.flatMap(({ role, mode }, n): UPlot.Band[] =>
      role === "high" ? [{ series: [n + 1, n + 2], fill: colour(`--${mode}-band`) }] : [],
    ),
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: true, y: false },
      // Lines have their values at different x: each shows its nearest one.
      dataIdx: (self, n, index) => nearest(self.data[n] as readonly (number | null | undefined)[], index),
      points: { size: 8, show: (_, n) => point(series[n - 1]) },
    },
    hooks: { setCursor: [(self) => tell(figure, plot, series, self)] },
  };
}

/** 1, 2, 5, 10, 20, 50 ... within the axis; over many decades the tens alone. */
function roundSplits(_: UPlot, __: number, min: number, max: number): number[] {
  const [first, last] = [Math.floor(Math.log10(min)), Math.ceil(Math.log10(max))];
  const steps = last - first > 4 ? [1] : [1, 2, 5];
  return Array.from({ length: last - first + 1 }, (_, n) => steps.map((step) => step * 10 ** (first + n)))
    .flat()
    .filter((value) => value >= min && value <= max);
}

/** The one x that there is, which makes no range by itself; `null` where there are several. */
function onlyX(series: readonly Line[]): number | null {
  const [first, ...others] = new Set(series.flatMap(({ x }) => x));
  return first === undefined || others.length > 0 ? null : first;
}

function toSeries({ mode, role, faint }: Line): UPlot.Series {
  const hidden = role !== "line";
  return {
    stroke: hidden ? "transparent" : colour(`--${mode}`),
    width: hidden ? 0 : faint ? 1 : 2,
    alpha: faint ? 0.45 : 1,
    dash: DASHES[mode],
    spanGaps: true,
    ...(hidden
      ? { points: { show: false } }
      : { points: { show: (self, n) => count(self.data[n]) < 3, size: 9 } }),
  };
}

/** The dot on a line at the cursor; the ends of a band have none. */
function point(line: Line | undefined): HTMLElement {
  const dot = document.createElement("div");
  dot.className = "u-cursor-pt";
  if (line?.role !== "line") dot.hidden = true;
  else dot.style.background = colour(`--${line.mode}`);
  return dot;
}

/** Says the values at the cursor: one, or the smallest and largest of several. */
function tell(figure: HTMLElement, plot: Plot, series: readonly Line[], self: UPlot): void {
  const { idx, idxs } = self.cursor;
  const x = typeof idx === "number" ? self.data[0][idx] : undefined;
  const at = figure.querySelector(".at");
  if (at !== null) at.textContent = x === undefined ? HINT : `${plot.xName} ${ticks.format(x)}${plot.xUnit}`;
  for (const output of figure.querySelectorAll<HTMLOutputElement>("output[data-mode]")) {
    const values = (role: Line["role"]) =>
      series.flatMap((line, n) => {
        const index = idxs?.[n + 1];
        if (line.role !== role || line.mode !== output.dataset.mode || typeof index !== "number") return [];
        return self.data[n + 1]?.[index] ?? [];
      });
    const lines = values("line");
    const around = [...lines, ...values("low"), ...values("high")];
    output.textContent = x === undefined || lines.length === 0 ? "" : reading(lines, around, plot.yUnit);
  }
}

function reading(lines: readonly number[], around: readonly number[], unit: string): string {
  const [low, high] = [numbers.format(Math.min(...around)), numbers.format(Math.max(...around))];
  if (low === high) return `${low} ${unit}`;
  const [only] = lines;
  return lines.length === 1 && only !== undefined
    ? `${numbers.format(only)} ${unit} (${low} to ${high})`
    : `${low} to ${high} ${unit}`;
}

/** Index of the value nearest to `index`; `null` outside of where there are any. */
function nearest(values: readonly (number | null | undefined)[], index: number): number | null {
  const has = (n: number) => values[n] !== null && values[n] !== undefined;
  let [before, after] = [index, index];
  while (before >= 0 && !has(before)) before--;
  while (after < values.length && !has(after)) after++;
  if (before < 0 || after >= values.length) return null;
  return index - before <= after - index ? before : after;
}

function count(values: UPlot.AlignedData[number] | undefined): number {
  return Array.from(values ?? []).filter((value) => value !== null && value !== undefined).length;
}

function tick(value: number | null): string {
  return value === null ? "" : ticks.format(value);
}

function widest(self: UPlot, values: readonly string[] | null): number {
  self.ctx.save();
  self.ctx.font = FONT;
  const width = Math.max(0, ...(values ?? []).map((value) => self.ctx.measureText(value).width));
  self.ctx.restore();
  return width;
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
