/**
 * `npm run bench [-- [scene ...] [--using cli|producer] [--pairs N]]`: whole renders as a user makes them, by the clock: the newest CLI
 * at its default flags and the published producer at its defaults, from a cold extraction cache; stock without this package in the
 * process, and native, in turn. Prints a table for each and writes out/bench/whole.json. tools/measure/README.md says what is in each number.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { cliRenderer, producerRenderer } from "../../__test__/support/installed.ts";
import { root } from "../../__test__/support/paths.ts";
import { render } from "../../__test__/support/render.ts";
import { renderWithCli } from "../../__test__/support/render-cli.ts";
import { alternate, type StockAndNative } from "../../dist/tools/bench/alternate.js";
import { judgePictures, type PicturesVerdict, tellFlicker } from "../../dist/tools/bench/judge-pictures.js";
import type { ProcessUse } from "../../dist/tools/bench/process-watch.js";
import { stagesOf } from "../../dist/tools/bench/stages.js";
import { pairTable, type Row } from "./pair-table.ts";
import { SCENES, writeScene } from "./whole-scenes.ts";

const RENDERERS = { cli: cliRenderer, producer: producerRenderer } as const;
type Using = keyof typeof RENDERERS;

/** What is taken of one render. */
interface Sample {
  readonly wallS: number;
  readonly captureS: number | null;
  /** `null` of a stock render, which has nothing of this package in it that would time its hook, and of a page without video. */
  readonly hookS: number | null;
  readonly processes: ProcessUse | null;
}

interface Pair extends StockAndNative<Sample> {
  /** One-minute load of the machine before the pair. */
  readonly load: number;
}

const inSeconds = (of: (cpuMs: ProcessUse["cpuMs"]) => number) => ({
  digits: 1,
  of: ({ processes }: Sample) => processes && of(processes.cpuMs) / 1000,
});

const TIMES: readonly Row<Sample>[] = [
  { title: "whole render, s", digits: 1, of: ({ wallS }) => wallS },
  { title: "  capture, s", digits: 1, of: ({ captureS }) => captureS },
  { title: "  hook, s", digits: 1, of: ({ hookS }) => hookS },
  { title: "processor time, s", ...inSeconds(({ node, chrome, ffmpeg }) => node + chrome + ffmpeg) },
  { title: "  Node", ...inSeconds(({ node }) => node) },
  { title: "  ffmpeg", ...inSeconds(({ ffmpeg }) => ffmpeg) },
  { title: "  Chrome", ...inSeconds(({ chrome }) => chrome) },
];
const MEMORY: Row<Sample> = {
  ...{ title: "peak memory of all processes, MB", digits: 0 },
  of: ({ processes }) => processes && processes.peakRssBytes / 1e6,
};

/** Threads of Chrome that are told. */
const THREADS = 5;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { pairs: { type: "string", default: "3" }, using: { type: "string" } },
});
const scenes = Object.keys(SCENES).filter((name) => positionals.length === 0 || positionals.includes(name));
const renderers = (Object.keys(RENDERERS) as Using[]).filter((name) => (values.using ?? name) === name);
if (scenes.length === 0 || renderers.length === 0) {
  const [asked, known] = scenes.length === 0 ? [positionals.join(", "), SCENES] : [values.using, RENDERERS];
  console.error(`Nothing is called ${asked}. There are: ${Object.keys(known).join(", ")}.`);
  process.exit(2);
}

const out = join(root, "out", "bench");
mkdirSync(out, { recursive: true });
const results: object[] = [];
for (const scene of scenes) {
  for (const using of renderers) {
    const { pairs, pictures } = await renderPairs(scene, using, Number(values.pairs));
    print(scene, using, pairs, pictures);
    if (pictures.differing.flat().length > 0) process.exitCode = 1;
    results.push({ scene, using, version: RENDERERS[using].version, pairs, pictures });
    const machine = { cores: os.availableParallelism(), cpu: os.cpus()[0]?.model, node: process.version };
    writeFileSync(join(out, "whole.json"), `${JSON.stringify({ machine, results }, null, 2)}\n`);
  }
}

async function renderPairs(scene: string, using: Using, count: number) {
  const projectDir = await writeScene(scene);
  const videos: Record<keyof StockAndNative<unknown>, string[]> = { stock: [], native: [] };
  const one = async (mode: keyof typeof videos): Promise<Sample> => {
    const outputPath = join(out, `${scene}-${using}-${mode}-${videos[mode].length}.mp4`);
    videos[mode].push(outputPath);
    return renderOnce(using, mode === "stock" ? "plain" : "native", projectDir, outputPath);
  };
  const pairs: Pair[] = [];
  for (let n = 0; n < count; n++) {
    const load = os.loadavg()[0] ?? 0;
    pairs.push({ load, ...(await alternate(n, one)) });
  }
  const pictures = await judgePictures(videos.stock, videos.native, async () => {
    await one("stock");
    return videos.stock.at(-1) ?? "";
  });
  for (const video of Object.values(videos).flat()) rmSync(video, { force: true });
  return { pairs, pictures };
}

async function renderOnce(
  using: Using,
  mode: "plain" | "native",
  projectDir: string,
  outputPath: string,
): Promise<Sample> {
  const order = { projectDir, outputPath, mode, capture: "auto", timeoutMs: 30 * 60_000 } as const;
  const start = performance.now();
  const { log, stats, processes } =
    using === "cli"
      ? await renderWithCli({ ...order, asUsersDo: true })
      : await render({ ...order, workers: "auto" });
  const wallS = (performance.now() - start) / 1000;
  const captureMs = stagesOf(log)?.captureMs;
  return {
    wallS,
    captureS: captureMs === undefined ? null : captureMs / 1000,
    hookS: stats && stats.hook.calls > 0 ? stats.hook.totalMs / 1000 : null,
    processes,
  };
}

function print(scene: string, using: Using, pairs: readonly Pair[], pictures: PicturesVerdict): void {
  const differing = pictures.differing.flat().length;
  const same = differing === 0 ? "same pictures" : `FAILED: ${differing} FRAMES DIFFER`;
  const { name, version } = RENDERERS[using];
  console.log(
    [
      `\n${scene}: ${SCENES[scene]?.about}; ${name} ${version}`,
      `${same}. ${tellFlicker(pictures)}`.trimEnd(),
      `load ${pairs.map(({ load }) => load.toFixed(1)).join(", ")}; median (min to max)`,
      pairTable(pairs, [...TIMES, ...threadRows(pairs), MEMORY]),
    ].join("\n"),
  );
}

/** The threads of Chrome that took the most. */
function threadRows(pairs: readonly Pair[]): Row<Sample>[] {
  const all = pairs.flatMap(({ stock, native }) =>
    [stock, native].flatMap(({ processes }) => processes?.chromeThreads ?? []),
  );
  const sums = new Map<string, number>();
  for (const { name, cpuMs } of all) sums.set(name, (sums.get(name) ?? 0) + cpuMs);
  const most = Array.from(sums).toSorted(([, a], [, b]) => b - a);
  return most.slice(0, THREADS).map(([thread]) => ({
    title: `    ${thread}`,
    digits: 1,
    of: ({ processes }) =>
      processes && (processes.chromeThreads.find(({ name }) => name === thread)?.cpuMs ?? 0) / 1000,
  }));
}
