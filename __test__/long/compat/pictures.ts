/**
 * `npm run compat:pictures [-- [names of rows, or words in all of them] [--list | --table]]`: each row three times stock and three times native, in turn, lossless, and
 * every decoded frame compared. The rule: a frame that is the same in all stock renders is that in all native ones; where stock differs from
 * itself, native does not, and shows what stock shows in some render, or lies between its renders. Appends to out/pictures/results.jsonl, of which
 * `--table` prints the last result of each row as docs/measurements/pictures.md has it.
 */
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { frameHashes } from "../../../dist/tools/bench/ffmpeg.js";
import { judgePictures, STOCK_RENDERS, tellFlicker } from "../../../dist/tools/bench/judge-pictures.js";
import { installedRenderer } from "../../../dist/tools/bench/renderer.js";
import { root } from "../../support/paths.ts";
import { render } from "../../support/render.ts";
import { renderWithCli } from "../../support/render-cli.ts";
import { installNamed } from "./install.ts";
import { nameOfRow, type PictureRow, ROWS, writePage } from "./picture-rows.ts";
import { cliProgramIn } from "./render-version.ts";

const out = path.join(root, "out", "pictures");
mkdirSync(out, { recursive: true });
const words = process.argv.slice(2).filter((word) => word !== "--list" && word !== "--table");
const isMeant = ROWS.some((row) => words.includes(nameOfRow(row)))
  ? (name: string) => words.includes(name)
  : (name: string) => words.every((word) => name.includes(word));
const rows = ROWS.filter((row) => isMeant(nameOfRow(row)));
if (process.argv.includes("--list")) console.log(rows.map(nameOfRow).join("\n"));
else if (process.argv.includes("--table")) console.log(table());
else for (const row of rows) if (!(await compare(row))) process.exitCode = 1;

/** A line of results.jsonl. */
interface RowResult {
  readonly row: string;
  readonly holds: boolean;
  /** Frames in which native breaks the rule. */
  readonly differing: readonly number[];
  /** In how many frames native differs from itself. */
  readonly unsteady: number;
  readonly flicker: string;
  /** Of each render, stock's first, a letter for each frame: {@link lettersOf}. */
  readonly letters: readonly string[];
  readonly notes: readonly string[];
}

/** Whether the rule holds; says how. */
async function compare(row: PictureRow): Promise<boolean> {
  const name = nameOfRow(row);
  try {
    const projectDir = await writePage(row);
    const videos = { plain: [] as string[], native: [] as string[] };
    const notes = new Set<string>();
    for (let n = 0; n < STOCK_RENDERS; n++) {
      for (const mode of ["plain", "native"] as const) {
        const { outputPath, pictures } = outputOf(row, `${mode}-${n}`);
        rmSync(outputPath, { recursive: true, force: true });
        for (const note of await renderRow(row, projectDir, mode, outputPath)) notes.add(note);
        videos[mode].push(pictures());
      }
    }
    const hashes = await Promise.all([...videos.plain, ...videos.native].map((video) => frameHashes(video)));
    const letters = lettersOf(hashes);
    const renderStock = () => Promise.reject(new RangeError("there are enough stock renders"));
    const verdict = await judgePictures(videos.plain, videos.native, renderStock);
    const differing = new Set(verdict.differing.flat());
    const native = hashes.slice(STOCK_RENDERS);
    const unsteady =
      native[0]?.filter((hash, frame) => native.some((one) => one[frame] !== hash)).length ?? 0;
    const holds = differing.size === 0;
    const flicker = tellFlicker(verdict);
    const result: RowResult = {
      row: name,
      holds,
      differing: [...differing],
      unsteady,
      flicker,
      letters,
      notes: [...notes],
    };
    appendFileSync(path.join(out, "results.jsonl"), `${JSON.stringify(result)}\n`);
    console.log(
      `${holds ? "same" : "DIFFERS"}: ${name}${unsteady > 0 ? `; native differs from itself in ${unsteady}` : ""}${flicker && `; ${flicker}`}`,
    );
    if (!holds || unsteady > 0 || flicker !== "") console.log(letters.map((one) => `  ${one}`).join("\n"));
    console.log([...notes].map((note) => `  ${note}`).join("\n"));
    return holds;
  } catch (error) {
    console.log(`FAILED: ${name}: ${error instanceof Error ? error.message.slice(-1500) : error}`);
    return false;
  }
}

/** Where a row renders to, and what of that ffmpeg reads the pictures from. */
function outputOf({ args = [] }: PictureRow, name: string): { outputPath: string; pictures: () => string } {
  const format = args[args.indexOf("--format") + 1];
  const outputPath = path.join(out, `${name}.${args.includes("--format") ? format : "mp4"}`);
  if (format === "png-sequence")
    return { outputPath, pictures: () => path.join(outputPath, "frame_%06d.png") };
  const playlist = () =>
    readdirSync(outputPath, { recursive: true, encoding: "utf8" }).find((file) => file.endsWith(".m3u8")) ??
    "";
  if (format === "hls") return { outputPath, pictures: () => path.join(outputPath, playlist()) };
  return { outputPath, pictures: () => outputPath };
}

/** Renders; what is worth a note: how its frames went, and each warning. */
async function renderRow(
  row: PictureRow,
  projectDir: string,
  mode: "plain" | "native",
  outputPath: string,
): Promise<string[]> {
  const { capture, workers, frameFormat = "jpg", args = [] } = row;
  const { target, directory } = await installNamed(row.renderer);
  const chrome = chromeOf(row);
  const env = {
    ...row.env,
    ...(chrome === undefined
      ? {}
      : { HYPERFRAMES_BROWSER_PATH: chrome, PRODUCER_HEADLESS_SHELL_PATH: chrome }),
  };
  const common = { projectDir, outputPath, mode, capture, workers, frameFormat, env, timeoutMs: 5 * 60_000 };
  const { stats, log } =
    target.kind === "cli"
      ? await renderWithCli({
          ...common,
          args: [...(args.includes("--format") ? [] : ["--crf", "0"]), ...args],
          program: cliProgramIn(directory),
        })
      : await render({ ...common, producer: installed(directory), crf: 0 });
  if (stats === null) return [];
  const framesBy = JSON.stringify(stats.framesBy);
  const warnings = log.match(/^.*HyperframesNativeWarning.*$/gm) ?? [];
  return [
    `${framesBy}${stats.fallbacks.length === 0 ? "" : ` ${JSON.stringify(stats.fallbacks)}`}`,
    ...warnings,
  ];
}

function installed(directory: string) {
  const renderer = installedRenderer("@hyperframes/producer", directory);
  if (renderer === undefined) throw new Error(`no producer in ${directory}`);
  return renderer;
}

/** Path of the program that a row renders with; `undefined` for the one that is set. */
function chromeOf({ chrome, chromeSwitch }: PictureRow): string | undefined {
  if (chrome === "chromium") return "/usr/bin/chromium";
  if (chrome === "sparticuz") return path.join(root, ".cache", "sparticuz", "chromium");
  const program = process.env.HYPERFRAMES_BROWSER_PATH ?? "/usr/bin/chromium-headless-shell";
  const wrapper = path.join(out, "chrome-in-a-wrapper");
  if (chrome === "private /tmp")
    writeFileSync(
      wrapper,
      `#!/bin/sh\nexec unshare -m sh -c 'mount -t tmpfs tmpfs /tmp && exec ${program} "$@"' sh "$@"\n`,
    );
  else if (chromeSwitch === undefined) return undefined;
  else writeFileSync(wrapper, `#!/bin/sh\nexec ${program} ${chromeSwitch} "$@"\n`);
  chmodSync(wrapper, 0o755);
  return wrapper;
}

/** A line of Markdown for each row that was rendered. */
function table(): string {
  const lines = readFileSync(path.join(out, "results.jsonl"), "utf8").trim().split("\n");
  const results = new Map(
    lines.map((line) => JSON.parse(line) as RowResult).map((result) => [result.row, result]),
  );
  return rows
    .map(nameOfRow)
    .flatMap((name) => results.get(name) ?? [])
    .map(({ row, holds, differing, unsteady, letters }) => {
      const stock = letters.slice(0, STOCK_RENDERS);
      const frames = stock[0]?.length ?? 0;
      const flickers = Array.from({ length: frames }, (_, frame) => frame).filter(
        (frame) => new Set(stock.map((one) => one[frame])).size > 1,
      ).length;
      const native = unsteady > 0 ? `differs from itself in ${unsteady}` : "the same three times";
      const rule = flickers > 0 ? "within stock's" : "as stock";
      const against = holds ? rule : `DIFFERS in ${differing.join(" ")}`;
      return `| ${row} | ${flickers === 0 ? `the same, ${frames} frames` : `differs in ${flickers} of ${frames}`} | ${native}, ${against} |`;
    })
    .join("\n");
}

/** Each video's frames as letters: the same letter in a column is the same picture. */
function lettersOf(videos: readonly (readonly string[])[]): string[] {
  const seen: string[][] = [];
  const letter = (hash: string, frame: number) => {
    seen[frame] ??= [];
    const known = seen[frame];
    if (!known.includes(hash)) known.push(hash);
    return String.fromCharCode(65 + known.indexOf(hash));
  };
  return videos.map((hashes) => hashes.map(letter).join(""));
}
