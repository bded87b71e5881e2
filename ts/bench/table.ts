import { captureMode } from "./capture-mode.js";
import { cautions } from "./cautions.js";
import { type MeasuredRow, measured } from "./measures.js";
import { count, quantity, range, ratioText, type Unit } from "./quantity.js";
import type { BenchResult } from "./result.js";
import type { Spread } from "./spread.js";
import { verdict } from "./verdict.js";

const HEADINGS = ["", "stock", "native", "stock / native", "each pair"];

/**
 * The numbers of the report as plain text for a terminal.
 * @throws {RangeError} for a result without pairs.
 */
export function resultTable(result: BenchResult): string {
  const rows = [HEADINGS, ...measured(result).map(cells)];
  const shown = result.pairs.length > 1 ? rows : rows.map((row) => row.slice(0, -1));
  const widths = HEADINGS.map((_, column) => Math.max(...shown.map((row) => (row[column] ?? "").length)));
  const lines = shown.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
  const { finding, meaning, kind } = verdict(result);
  const closing = kind === "identical" ? `${finding}.` : `${finding.toUpperCase()}. ${meaning}`;
  return [
    heading(result),
    "",
    ...lines,
    "",
    closing,
    ...cautions(result).map((caution) => `Care: ${caution}`),
  ].join("\n");
}

function heading(result: BenchResult): string {
  const { project, pairs, options } = result;
  const how = `${options.fps} fps, ${count(options.workers, "worker")}, frames ${options.frameFormat}, capture ${captureMode(result)}`;
  const spreadOf = pairs.length > 1 ? "; median (smallest to largest)" : "";
  const loads = pairs.map(({ load }) => load?.toFixed(1) ?? "unknown").join(", ");
  return `${project}: ${how}\n${count(pairs.length, "pair")}${spreadOf}; load ${loads}`;
}

function cells({ measure, stock, native, ratio, ratios }: MeasuredRow): string[] {
  return [
    measure.title,
    cell(stock, measure.unit),
    cell(native, measure.unit),
    ratio === null ? "-" : ratioText(ratio.median),
    ratios.map((one) => (one === null ? "-" : ratioText(one))).join(", "),
  ];
}

function cell(values: Spread | null, unit: Unit): string {
  if (values === null) return "-";
  const around = range(values, unit);
  return around === null ? quantity(values.median, unit) : `${quantity(values.median, unit)} (${around})`;
}
