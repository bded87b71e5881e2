// The tables of the README and of docs/versions.md, out of the results.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pluralize } from "../dist/telemetry/summary.js";
import { root } from "../testbed/paths.ts";
import type { PicturesOutcome, SpeedOutcome, VersionResult } from "./results.ts";
import { type Kind, nameOf, PACKAGE_NAMES } from "./targets.ts";

const START = "<!-- versions -->";
const END = "<!-- /versions -->";

/** Writes both tables between their marks. */
export function writeTables(results: readonly VersionResult[]): void {
  replaceBetweenMarks("docs/versions.md", versionsTable(results));
  replaceBetweenMarks("README.md", packagesTable(results));
}

function replaceBetweenMarks(file: string, table: string): void {
  const target = path.join(root, file);
  const text = readFileSync(target, "utf8");
  const [start, end] = [text.indexOf(START), text.indexOf(END)];
  // The README may be without them; a table of docs/versions.md must have its place.
  if (start < 0 || end < start) {
    if (file === "README.md") return;
    throw new Error(`${file} lacks ${START} and ${END}`);
  }
  writeFileSync(target, `${text.slice(0, start + START.length)}\n${table}\n${text.slice(end)}`);
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

/** A row for each package. */
export function packagesTable(results: readonly VersionResult[]): string {
  const rows = (Object.keys(PACKAGE_NAMES) as Kind[]).flatMap((kind) => {
    const of = results.filter((result) => result.kind === kind);
    const [first, last] = [of.at(0), of.at(-1)];
    if (first === undefined || last === undefined) return [];
    const swapped = of.filter(({ swap }) => swap?.swapped);
    const compared = of.filter(({ pictures }) => pictures !== undefined);
    const same = compared.filter(({ pictures }) => pictures?.every(({ differing }) => differing === 0));
    const ratios = of.flatMap(({ speed = [] }) => speed.flatMap(ratiosOf));
    const timed = of.filter(({ speed = [] }) => speed.length > 0).length;
    return [
      [
        `\`${PACKAGE_NAMES[kind]}\` ${first.version} to ${last.version}`,
        `${swapped.length} of ${of.length}`,
        `${same.length} of ${compared.length}`,
        ratios.length === 0
          ? ""
          : `${Math.min(...ratios).toFixed(1)} to ${Math.max(...ratios).toFixed(1)} times (${pluralize(timed, "version")})`,
      ],
    ];
  });
  return table(["versions", "swapped", "the same pictures", "stock / native"], rows);
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
