/**
 * `npm run long-render -- --using cli|producer --mode plain|native [--frames N] [--height 360|1080]`: one render of one page with so many
 * frames of one video, and what Node and each kind of Chrome process hold while it goes. Writes out/long/NAME.json, and prints what was held
 * after the first 2,000 frames and at the end. `--draw FILE NAME...` draws such files as one picture.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { isChrome, processTree } from "../../../dist/tools/bench/process-tree.js";
import { stagesOf } from "../../../dist/tools/bench/stages.js";
import { oneVideo, writeComposition } from "../../support/composition.ts";
import { makeMedia, makeVideo } from "../../support/media.ts";
import { root } from "../../support/paths.ts";
import { type RenderMode, render } from "../../support/render.ts";
import { renderWithCli } from "../../support/render-cli.ts";
import { drawCurves } from "./curves.ts";
import { memoryOf, openFilesOf } from "./state.ts";

const EVERY_MS = 5_000;
const LONGEST_MS = 3 * 60 * 60_000;
const FPS = 30;
/** Length of the video that is repeated to make a long one, in seconds. */
const LOOP_SECONDS = 20;
/** Frames after which nothing is to grow any more. */
const SETTLED = 2_000;

/** What is held at one moment. Bytes, but for files. */
interface Reading {
  readonly seconds: number;
  /** Anonymous memory by kind of process: `node`, `browser`, `renderer`, `gpu-process`, `utility`. */
  readonly own: Readonly<Record<string, number>>;
  /** Chrome's shared memory: mostly decoded pictures. */
  readonly shared: number;
  readonly openFiles: Readonly<Record<string, number>>;
}

interface LongRun {
  readonly name: string;
  readonly frames: number;
  /** Of the capture, in seconds from the first reading on. */
  readonly captured: { readonly from: number; readonly to: number };
  readonly readings: readonly Reading[];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    using: { type: "string", default: "cli" },
    mode: { type: "string", default: "native" },
    frames: { type: "string", default: "100000" },
    height: { type: "string", default: "360" },
    draw: { type: "string" },
  },
});
const out = join(root, "out", "long");

if (values.draw !== undefined) {
  const runs = positionals.map(
    (name) => JSON.parse(readFileSync(join(out, `${name}.json`), "utf8")) as LongRun,
  );
  writeFileSync(values.draw, drawCurves(runs.map(({ name, ...run }) => ({ name, points: points(run) }))));
} else {
  print(await longRun());
}

async function longRun(): Promise<LongRun> {
  const frames = Number(values.frames);
  const height = Number(values.height);
  const mode: RenderMode = values.mode === "plain" ? "plain" : "native";
  const name = `${values.using}-${mode}-${height}-${frames}`;
  const projectDir = join(out, name);
  const size = { width: (height * 16) / 9, height };
  writeComposition(projectDir, oneVideo(await longVideo(size, frames), size, frames / FPS));
  const readings: Reading[] = [];
  const start = performance.now();
  const timer = setInterval(() => readings.push(read((performance.now() - start) / 1000)), EVERY_MS);
  const order = {
    ...{ projectDir, outputPath: join(out, `${name}.mp4`), mode, timeoutMs: LONGEST_MS },
    capture: "beginframe",
    frameFormat: "jpg",
  } as const;
  try {
    const { log } =
      values.using === "cli"
        ? await renderWithCli({ ...order, args: ["--quality", "draft"] })
        : await render({ ...order, quality: "draft" });
    const end = performance.now();
    const captureS = (stagesOf(log)?.captureMs ?? Number.NaN) / 1000;
    // Frames go to the encoder while they are captured; what comes after the capture is short.
    const last = readings.findLast(({ own }) => own.renderer !== undefined)?.seconds ?? (end - start) / 1000;
    const run = { name, frames, captured: { from: last - captureS, to: last }, readings };
    writeFileSync(join(out, `${name}.json`), JSON.stringify(run));
    return run;
  } finally {
    clearInterval(timer);
    rmSync(order.outputPath, { force: true });
    rmSync(projectDir, { recursive: true, force: true });
  }
}

async function longVideo(size: { width: number; height: number }, frames: number): Promise<string> {
  const part = await makeVideo({ ...size, kind: "pattern", fps: FPS, seconds: LOOP_SECONDS, seed: 3 });
  const args = ["-stream_loop", "-1", "-i", part, "-t", String(frames / FPS), "-c", "copy"];
  return makeMedia(`long-${size.height}`, "mp4", args);
}

function read(seconds: number): Reading {
  const own: Record<string, number> = {};
  const openFiles: Record<string, number> = {};
  let shared = 0;
  for (const { pid, stat } of processTree(process.pid).slice(1)) {
    if (stat === undefined) continue;
    const isOfChrome = isChrome(stat);
    if (!isOfChrome && !/node|MainThread/.test(stat.name)) continue; // ffmpeg
    const memory = memoryOf(pid);
    const kind = isOfChrome ? memory.kind : "node";
    own[kind] = (own[kind] ?? 0) + memory.own;
    openFiles[kind] = (openFiles[kind] ?? 0) + openFilesOf(pid);
    if (isOfChrome) shared += memory.shared;
  }
  return { seconds, own, shared, openFiles };
}

/** All that is held over the frames captured. The capture goes at an even rate, so its time tells the frames. */
function points({ captured, frames, readings }: Omit<LongRun, "name">) {
  return readings
    .filter(({ seconds }) => seconds >= captured.from && seconds <= captured.to)
    .map(({ seconds, ...held }) => ({
      ...{
        ...held,
        frames: Math.round((frames * (seconds - captured.from)) / (captured.to - captured.from)),
      },
      bytes: Object.values(held.own).reduce((sum, one) => sum + one, held.shared),
    }));
}

function print({ name, ...run }: LongRun): void {
  const settled = points(run).filter(({ frames }) => frames >= SETTLED);
  // The least of a tenth: a heap before and after a collection is no growth.
  const tenth = Math.max(3, Math.floor(settled.length / 10));
  const ends = [settled.slice(0, tenth), settled.slice(-tenth)];
  const kinds = [...new Set(settled.flatMap(({ own }) => Object.keys(own)))];
  const line = (title: string, of: (point: (typeof settled)[number]) => number, unit = 1e6) => {
    const [first = 0, last = 0] = ends.map((part) => Math.min(...part.map(of)) / unit);
    console.log(
      `  ${title}: ${first.toFixed(1)} to ${last.toFixed(1)} (${((last / first - 1) * 100).toFixed(1)} %)`,
    );
  };
  console.log(
    `${name}: capture ${(run.captured.to - run.captured.from).toFixed(0)} s; MB from ${SETTLED} frames on, the least of the first and the last tenth`,
  );
  for (const kind of kinds) line(kind, ({ own }) => own[kind] ?? 0);
  line("decoded pictures", ({ shared }) => shared);
  line("all", ({ bytes }) => bytes);
  for (const kind of ["node", "browser"])
    line(`open files, ${kind}`, ({ openFiles }) => openFiles[kind] ?? 0, 1);
}
