/**
 * `npm run bench [-- [scene ...] [--pairs N]]`: whole renders as a user makes them. The newest CLI at its default flags, from a cold
 * extraction cache, by the clock; stock without this package in the process, and native, in turn. Compares the decoded frames of each
 * pair. Prints a table and writes out/bench/whole.json. bench/README.md says what is in each number.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { judgePictures } from "../dist/bench/judge-pictures.js";
import { type Spread, show, spread } from "../dist/bench/spread.js";
import { root } from "../testbed/paths.ts";
import { renderWithCli } from "../testbed/render-cli.ts";
import { SCENES, writeScene } from "./whole-scenes.ts";

interface Pair {
  readonly stockS: number;
  readonly nativeS: number;
  /** Decoded frames that are none of the stock renders', beyond what these differ from each other. */
  readonly differing: number;
  /** One-minute load of the machine before the pair. */
  readonly load: number;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { pairs: { type: "string", default: "3" } },
});
const scenes = Object.keys(SCENES).filter((name) => positionals.length === 0 || positionals.includes(name));
if (scenes.length === 0) {
  console.error(`Nothing is called ${positionals.join(", ")}. There are: ${Object.keys(SCENES).join(", ")}.`);
  process.exit(2);
}

const out = join(root, "out", "bench");
mkdirSync(out, { recursive: true });
const results: object[] = [];
let isSame = true;
for (const name of scenes) {
  const pairs = await renderPairs(name, Number(values.pairs));
  isSame &&= pairs.every(({ differing }) => differing === 0);
  print(name, pairs);
  results.push({ scene: name, pairs });
  const machine = { cores: os.availableParallelism(), cpu: os.cpus()[0]?.model, node: process.version };
  writeFileSync(join(out, "whole.json"), `${JSON.stringify({ machine, results }, null, 2)}\n`);
}
if (!isSame) {
  console.log("FAILED: decoded frames differ.");
  process.exitCode = 1;
}

async function renderPairs(name: string, count: number): Promise<Pair[]> {
  const projectDir = await writeScene(name);
  const stocks: string[] = [];
  const natives: string[] = [];
  const times: Array<Omit<Pair, "differing">> = [];
  const one = async (mode: "plain" | "native", n: number): Promise<[video: string, seconds: number]> => {
    const outputPath = join(out, `${name}-${mode}-${n}.mp4`);
    const start = performance.now();
    await renderWithCli({ projectDir, outputPath, mode, capture: "auto", asUsersDo: true });
    return [outputPath, (performance.now() - start) / 1000];
  };
  for (let n = 0; n < count; n++) {
    const load = os.loadavg()[0] ?? 0;
    // The first of a pair changes: what a render leaves warm helps the one after it.
    const order = n % 2 === 0 ? (["plain", "native"] as const) : (["native", "plain"] as const);
    const seconds = { plain: 0, native: 0 };
    for (const mode of order) {
      const [video, took] = await one(mode, n);
      (mode === "plain" ? stocks : natives).push(video);
      seconds[mode] = took;
    }
    times.push({ stockS: seconds.plain, nativeS: seconds.native, load });
  }
  const { differing } = await judgePictures(stocks, natives, async (n) => {
    const [video] = await one("plain", n - 1);
    stocks.push(video);
    return video;
  });
  const pairs = times.map((time, n) => ({ ...time, differing: differing[n]?.length ?? 0 }));
  for (const video of [...stocks, ...natives]) rmSync(video, { force: true });
  return pairs;
}

function print(name: string, pairs: readonly Pair[]): void {
  const column = (of: (pair: Pair) => number): Spread => spread(pairs.map(of));
  const ratios = pairs.map(({ stockS, nativeS }) => stockS / nativeS);
  const differing = pairs.reduce((sum, pair) => sum + pair.differing, 0);
  console.log(
    [
      `${name}: ${SCENES[name]?.about}`,
      `  stock  ${show(column(({ stockS }) => stockS))} s`,
      `  native ${show(column(({ nativeS }) => nativeS))} s`,
      `  ratios ${ratios.map((ratio) => ratio.toFixed(2)).join(", ")}; median ${spread(ratios).median.toFixed(2)}`,
      `  ${differing === 0 ? "same pictures" : `${differing} FRAMES DIFFER`}; load ${pairs.map(({ load }) => load.toFixed(1)).join(", ")}`,
    ].join("\n"),
  );
}
