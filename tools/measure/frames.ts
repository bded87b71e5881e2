/**
 * `npm run bench:frames [-- [group or scenario ...] [--pairs N] [--frames N]]`: whole renders through the real producer, stock
 * and native in turn. Prints a table and writes out/bench/results.json. tools/measure/README.md says what is in each number.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compareFrames } from "../../__test__/support/compare-frames.ts";
import { root } from "../../__test__/support/paths.ts";
import { type RenderMode, type RenderResult, render } from "../../__test__/support/render.ts";
import { alternate } from "../../dist/tools/bench/alternate.js";
import { pairTable, type Row } from "./pair-table.ts";
import { SCENARIOS, type Scenario, writeScenario } from "./scenarios.ts";

/** What is taken of one render. */
interface Sample {
  readonly frameMs: number;
  readonly hookMs: number;
  readonly hookP50Ms: number;
  readonly hookP99Ms: number;
  readonly cpuS: number;
  readonly peakMb: number;
  /** Frames that were shown by the picture of the frame before, so that nothing was decoded for them. */
  readonly repeats: number;
}

interface Pair {
  readonly stock: Sample;
  readonly native: Sample;
  readonly identical: boolean;
  /** One-minute load of the machine before the pair. */
  readonly load: number;
}

const MEASURES: readonly Row<Sample>[] = [
  { title: "captured frame, median, ms", digits: 0, of: ({ frameMs }) => frameMs },
  { title: "hook, mean, ms", digits: 1, of: ({ hookMs }) => hookMs },
  { title: "hook, median, ms", digits: 1, of: ({ hookP50Ms }) => hookP50Ms },
  { title: "hook, p99, ms", digits: 0, of: ({ hookP99Ms }) => hookP99Ms },
  { title: "Node's CPU, s", digits: 1, of: ({ cpuS }) => cpuS },
  { title: "Node's peak memory, MB", digits: 0, of: ({ peakMb }) => peakMb },
  { title: "frames that repeat one", digits: 0, of: ({ repeats }) => repeats },
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { pairs: { type: "string", default: "3" }, frames: { type: "string" } },
});
const wanted = positionals.length > 0 ? positionals : ["main"];
const scenarios = SCENARIOS.filter(({ name, group }) => wanted.includes(name) || wanted.includes(group)).map(
  (scenario) => (values.frames === undefined ? scenario : { ...scenario, frames: Number(values.frames) }),
);
if (scenarios.length === 0) {
  console.error(
    `Nothing is called ${wanted.join(", ")}. There are: ${SCENARIOS.map(({ name }) => name).join(", ")}.`,
  );
  process.exit(2);
}

const out = join(root, "out", "bench");
mkdirSync(out, { recursive: true });
const results: object[] = [];
for (const scenario of scenarios) {
  const pairs = await runScenario(scenario, Number(values.pairs));
  print(scenario, pairs);
  results.push({ scenario, pairs });
  const machine = {
    cpus: os.cpus().map(({ model }) => model),
    memoryBytes: os.totalmem(),
    node: process.version,
  };
  writeFileSync(join(out, "results.json"), `${JSON.stringify({ machine, results }, null, 2)}\n`);
}
if (results.some((result) => (result as { pairs: Pair[] }).pairs.some(({ identical }) => !identical))) {
  console.log("FAILED: decoded frames differ.");
  process.exitCode = 1;
}

async function runScenario(scenario: Scenario, count: number): Promise<Pair[]> {
  const projectDir = await writeScenario(scenario);
  const extractCacheDir = join(out, `${scenario.name}-frames`);
  rmSync(extractCacheDir, { recursive: true, force: true });
  const one = (mode: RenderMode) =>
    render({
      ...{ projectDir, extractCacheDir, mode, capture: scenario.capture, frameFormat: scenario.frameFormat },
      outputPath: join(out, `${scenario.name}-${mode}.mp4`),
      producer: scenario.producer ?? "package",
      workers: 1,
      timeoutMs: 30 * 60_000,
    });
  try {
    await one("native"); // the warm-up: extracts the frames, which all others then find
    const pairs: Pair[] = [];
    for (let n = 0; n < count; n++) {
      const load = os.loadavg()[0] ?? 0;
      const { stock, native } = await alternate(n, one);
      const { identical } = await compareFrames(stock.outputPath, native.outputPath);
      pairs.push({ stock: sample(stock), native: sample(native), identical, load });
    }
    return pairs;
  } finally {
    rmSync(extractCacheDir, { recursive: true, force: true });
  }
}

function sample({ perfSummary, stats, measures }: RenderResult): Sample {
  if (stats === null || stats.hook.calls === 0) throw new Error("the render gave no statistics");
  return {
    frameMs: perfSummary.captureP50Ms ?? Number.NaN,
    hookMs: stats.hook.totalMs / stats.hook.calls,
    hookP50Ms: stats.hook.p50Ms,
    hookP99Ms: stats.hook.p99Ms,
    cpuS: measures.cpuMs / 1000,
    peakMb: measures.peakRssBytes / 1e6,
    repeats: stats.ahead?.repeats ?? 0,
  };
}

function print(scenario: Scenario, pairs: readonly Pair[]): void {
  const { name, about, capture, frameFormat, frames } = scenario;
  const identical = pairs.every((pair) => pair.identical) ? "identical" : "NOT IDENTICAL";
  const loads = pairs.map(({ load }) => load.toFixed(1)).join(", ");
  console.log(
    `\n${name}: ${about}, ${capture}, ${frameFormat}, ${frames} frames; ${identical}; load ${loads}; median (min to max)`,
  );
  console.log(pairTable(pairs, MEASURES));
}
