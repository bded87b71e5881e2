// The table of docs/versions.md, out of the results.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "../../support/paths.ts";
import type { PicturesOutcome, SpeedOutcome, VersionResult } from "./results.ts";
import { nameOf } from "./targets.ts";

const START = "<!-- versions -->";
const END = "<!-- /versions -->";

/** Writes the table of docs/versions.md between its marks. */
export function writeTable(results: readonly VersionResult[]): void {
  const target = path.join(root, "docs", "versions.md");
  const text = readFileSync(target, "utf8");
  const [start, end] = [text.indexOf(START), text.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`${target} lacks ${START} and ${END}`);
  writeFileSync(
    target,
    `${text.slice(0, start + START.length)}\n${versionsTable(results)}\n${text.slice(end)}`,
  );
}

/** A row for each version. */
export function versionsTable(results: readonly VersionResult[]): string {
  return table(
    ["version", "swap", "pictures", "stock / native, four 1080p videos", "notes"],
    results.map((result) => [
      nameOf(result),
      swapCell(result),
      picturesCell(result.pictures),
      result.speed === undefined ? "" : result.speed.map(speedText).join("<br>"),
      notesCell(result),
    ]),
  );
}

function swapCell({ swap }: VersionResult): string {
  if (swap === undefined) return "";
  if (!swap.swapped) return "left alone";
  return swap.clip ? "yes" : "yes, without the clip";
}

function picturesCell(pictures: readonly PicturesOutcome[] | undefined): string {
  if (pictures === undefined) return "";
  const frames = pictures.reduce((sum, outcome) => sum + outcome.frames, 0);
  const different = pictures.filter(({ differing }) => differing > 0);
  if (different.length === 0) return `the same: ${frames} frames in ${pictures.length} pairs`;
  return different
    .map((outcome) => `**${outcome.differing} of ${outcome.frames} differ** (${outcome.variant})`)
    .join("<br>");
}

function ratiosOf({ stockMs, nativeMs }: SpeedOutcome): number[] {
  return stockMs.map((stock, n) => stock / (nativeMs[n] ?? Number.NaN));
}

function speedText(outcome: SpeedOutcome): string {
  const { variant, stockMs, nativeMs } = outcome;
  const ratios = ratiosOf(outcome).map((ratio) => ratio.toFixed(1));
  const times = stockMs.map((stock, n) => `${stock} / ${nativeMs[n]}`);
  return `${variant}: ${ratios.join(", ")} times (${times.join(", ")} ms)`;
}

function notesCell({ swap, pictures = [], substitutes, failure }: VersionResult): string {
  const notes: string[] = Object.entries(substitutes).map(([name, version]) => `with ${name} ${version}`);
  if (pictures.some(({ framesBy }) => (framesBy.resolver ?? 0) > 0))
    notes.push("serves its frames itself (`frameSrcResolver`), which is left as it is: nothing to gain");
  if (swap?.reason != null) notes.push(swap.reason);
  if (failure !== undefined) notes.push(failure);
  return notes.join("; ").replaceAll("|", "\\|");
}

function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
