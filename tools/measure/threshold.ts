/**
 * `npm run bench:threshold [-- --rounds N --widest PIXELS]`: from how many bytes of a step on a file is worth more than a data URI. One
 * video in several sizes, in both captures, by upstream's hook and by ours inline and by file, in turn. `auto` draws its
 * line by it (ts/transports/choose.ts).
 */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { oneVideo, writeComposition } from "../../__test__/support/composition.ts";
import { makeVideo } from "../../__test__/support/media.ts";
import { root } from "../../__test__/support/paths.ts";
import { type Capture, render } from "../../__test__/support/render.ts";
import { spread } from "../../dist/tools/bench/spread.js";

const FPS = 30;
const FRAMES = 60;
const SIZES = [
  [160, 90],
  [240, 136],
  [320, 180],
  [480, 270],
  [640, 360],
  [960, 540],
] as const;
const CAPTURES: readonly Capture[] = ["beginframe", "screenshot"];
const WAYS = ["stock", "inline", "file"] as const;
type Way = (typeof WAYS)[number];

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "3" }, widest: { type: "string", default: "960" } },
});
const out = join(root, "out", "threshold");
mkdirSync(out, { recursive: true });
console.log("milliseconds a captured frame (a hook call), medians");
console.log(
  `${"capture".padEnd(12)}${"KB a frame".padStart(12)}${WAYS.map((way) => way.padStart(16)).join("")}`,
);
for (const capture of CAPTURES) {
  for (const [width, height] of SIZES)
    if (width <= Number(values.widest)) await compare(capture, width, height);
}

async function compare(capture: Capture, width: number, height: number): Promise<void> {
  const seconds = FRAMES / FPS;
  const projectDir = join(out, `${width}x${height}`);
  const src = await makeVideo({ kind: "noise", width, height, fps: FPS, seconds, seed: 3 });
  writeComposition(projectDir, oneVideo(src, { width: 1280, height: 720 }, seconds));
  const extractCacheDir = join(out, "frames");
  rmSync(extractCacheDir, { recursive: true, force: true });
  const one = (way: Way) =>
    render({
      ...{ projectDir, extractCacheDir, capture, frameFormat: "jpg", workers: 1 },
      outputPath: join(out, "video.mp4"),
      mode: way === "stock" ? "stock" : "native",
      env: way === "stock" ? {} : { HYPERFRAMES_NATIVE_TRANSPORT: way },
    });
  await one("file"); // the warm-up: extracts the frames, which all others then find
  const frameMs: Record<Way, number[]> = { stock: [], inline: [], file: [] };
  const hookMs: Record<Way, number[]> = { stock: [], inline: [], file: [] };
  let bytes = 0;
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const way of WAYS) {
      const { perfSummary, stats } = await one(way);
      if (stats === null) throw new Error("the render gave no statistics");
      frameMs[way].push(perfSummary.captureP50Ms ?? Number.NaN);
      hookMs[way].push(stats.hook.p50Ms);
      if (way === "file") bytes = (stats.bytes ?? 0) / (stats.frames ?? 1);
    }
  }
  const cells = WAYS.map((way) => {
    const frame = spread(frameMs[way]).median.toFixed(0);
    return `${frame} (${spread(hookMs[way]).median.toFixed(1)})`.padStart(16);
  });
  console.log(`${capture.padEnd(12)}${(bytes / 1000).toFixed(0).padStart(12)}${cells.join("")}`);
  rmSync(extractCacheDir, { recursive: true, force: true });
}
