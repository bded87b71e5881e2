import { captureMode, workersUsed } from "./as-rendered.js";
import { cautions } from "./cautions.js";
import { tellFlicker } from "./judge-pictures.js";
import { type Around, type MeasuredRow, type MeasureKey, measured, rowOf } from "./measures.js";
import { count, quantity, ratioText, type Unit } from "./quantity.js";
import type { BenchResult } from "./result.js";
import { speed } from "./speed.js";
import { verdict } from "./verdict.js";

const HEADINGS = ["", "stock", "native", "stock / native"];

/** What a terminal shows: four rows, two of them with their parts. The report has all measures. */
const ROWS: ReadonlyArray<readonly [MeasureKey, string]> = [
  ["wall", "Whole render"],
  ["extract", "  extraction"],
  ["capture", "  capture"],
  ["encode", "  encoding"],
  ["rest", "  the rest"],
  ["cpuAll", "Processor time"],
  ["cpuChrome", "  Chrome"],
  ["cpu", "  Node"],
  ["cpuFfmpeg", "  ffmpeg"],
  ["hookMean", "Hook"],
  ["peakAll", "Peak memory"],
  ["peakRss", "  Node"],
];

/**
 * The answer, and the numbers that it rests on, as plain text for a terminal. What was not proven to be the same picture goes first.
 * @throws {RangeError} for a result without pairs.
 */
export function resultTable(result: BenchResult): string {
  const all = measured(result);
  const shown = ROWS.map(([key, title]) => [title, ...cells(rowOf(all, key))]);
  // A part that nobody tells is left out.
  const rows = [HEADINGS, ...shown.filter(([title, stock]) => !title?.startsWith(" ") || stock !== "-")];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
  const { finding, meaning, kind } = verdict(result);
  const answer = speed(result).sentence;
  const flicker = result.pictures === null ? "" : tellFlicker(result.pictures);
  const several = result.pairs.length > 1;
  return [
    ...(kind === "identical"
      ? [answer]
      : [`${finding.toUpperCase()}. ${meaning}`, ...(kind === "unswapped" ? [] : [answer])]),
    "",
    ...lines,
    ...(several ? ["Each row is the pair in the middle, with how far the ratios of all lie apart."] : []),
    "",
    ...(kind === "identical" ? [`${finding}. ${flicker}`.trimEnd()] : []),
    ...extraction(result),
    heading(result),
    ...cautions(result).map((caution) => `Care: ${caution}`),
  ].join("\n");
}

/** What is in no pair, and no drop-in's business. */
function extraction({ extractionMs }: BenchResult): string[] {
  if (!extractionMs) return [];
  const took = quantity(extractionMs / 1000, "s");
  return [
    `HyperFrames had extracted the videos' frames before, in ${took}; the drop-in does not change that.`,
  ];
}

function heading(result: BenchResult): string {
  const { project, pairs, options } = result;
  const how = [
    `${options.fps} fps`,
    `workers ${workersUsed(result)}`,
    `frames ${options.frameFormat}`,
    `quality ${options.quality}`,
    `capture ${captureMode(result)}`,
  ];
  return `${project}: ${count(pairs.length, "pair")}, ${how.join(", ")}.`;
}

function cells({ measure, stock, native, ratio }: MeasuredRow): string[] {
  return [cell(stock, measure.unit), cell(native, measure.unit), ratio === null ? "-" : ratios(ratio)];
}

function ratios({ min, middle, max }: Around): string {
  const [low, high] = [ratioText(min), ratioText(max)];
  return low === high ? ratioText(middle) : `${ratioText(middle)} (${low} to ${high})`;
}

function cell(values: Around | null, unit: Unit): string {
  return values === null ? "-" : quantity(values.middle, unit);
}
