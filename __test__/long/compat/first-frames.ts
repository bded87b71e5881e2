/**
 * `npm run compat:first-frames [-- [upright | alpha] [hyperframes@VERSION ...] [--renders N] [--at-once N]]`: counts late pictures at the start
 * of a render. Short cuts on a machine kept busy, stock and native in turn. A frame is *a step late* where it is the frame before it, hash for
 * hash, and *early* where it is none of the pictures that most renders show (the page before the first frame was put in).
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { frameHashes } from "../../../dist/tools/bench/ffmpeg.js";
import { type CompositionOptions, oneVideo, writeComposition } from "../../support/composition.ts";
import { makeVideo } from "../../support/media.ts";
import { root } from "../../support/paths.ts";
import { renderWithCli } from "../../support/render-cli.ts";
import { installNamed } from "./install.ts";
import { cliProgramIn } from "./render-version.ts";
import { emptyTimelines } from "./scenes.ts";

const FPS = 30;

interface Scene {
  readonly workers: number;
  readonly frames: number;
  readonly renderers: readonly string[];
  readonly renders: number;
  readonly describe: (seconds: number) => Promise<CompositionOptions>;
}

const SCENES: Readonly<Record<string, Scene>> = {
  /** Two videos of one file: one in a sub-composition, one scaled by the page's script. */
  upright: {
    ...{ workers: 1, frames: 5, renderers: ["hyperframes@0.8.170"], renders: 100 },
    describe: async (duration) => {
      const canvas = { width: 1080, height: 1920 };
      const src = await makeVideo({ ...canvas, kind: "fractal", fps: FPS, seconds: 1, seed: 8 });
      const clip = { src, start: 0, duration };
      const scale = `document.getElementById("scaled").style.transform = "scale(" + (1 + at) + ")";`;
      return {
        ...{ ...canvas, duration },
        videos: [{ ...clip, id: "scaled", box: { left: 0, top: 0, ...canvas } }],
        subCompositions: [
          {
            ...{ id: "card", start: 0, duration, box: { left: 90, top: 1000, width: 900, height: 800 } },
            videos: [{ ...clip, id: "in-card", box: { left: 0, top: 0, width: 450, height: 800 } }],
          },
        ],
        html: '<h1 style="position:absolute;left:60px;top:60px;font-size:90px;color:white">A card</h1>',
        script: emptyTimelines({ main: duration, card: duration }, scale),
      };
    },
  },
  /** A webm with a transparent part, by four workers. */
  alpha: {
    ...{
      workers: 4,
      frames: 24,
      renderers: ["0.7.26", "0.7.58", "0.8.170"].map((one) => `hyperframes@${one}`),
      renders: 20,
    },
    describe: async (duration) => {
      const canvas = { width: 640, height: 360 };
      const video = { ...canvas, kind: "gradient", codec: "vp9-alpha" } as const;
      const src = await makeVideo({ ...video, fps: FPS, seconds: 1, seed: 9 });
      const css = "#root { background: #358; }";
      return oneVideo(src, canvas, duration, { css, script: emptyTimelines({ main: duration }) });
    },
  },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { renders: { type: "string" }, "at-once": { type: "string", default: "3" } },
});
const out = path.join(root, "out", "first-frames");
mkdirSync(out, { recursive: true });
const scenes = positionals.filter((word) => word in SCENES);
const versions = positionals.filter((word) => !(word in SCENES));
for (const name of scenes.length > 0 ? scenes : Object.keys(SCENES)) await count(name, SCENES[name] as Scene);

async function count(name: string, scene: Scene): Promise<void> {
  const seconds = scene.frames / FPS;
  const projectDir = path.join(out, name);
  writeComposition(projectDir, await scene.describe(seconds));
  for (const renderer of scene.renderers.filter((one) => versions.length === 0 || versions.includes(one))) {
    const program = cliProgramIn((await installNamed(renderer)).directory);
    const renders = Number(values.renders ?? scene.renders);
    const orders = Array.from({ length: 2 * renders }, (_, n) => (n % 2 === 0 ? "plain" : "native"));
    const hashes: Array<readonly [mode: string, frames: readonly string[]]> = [];
    await Promise.all(
      Array.from({ length: Number(values["at-once"]) }, async () => {
        for (let mode = orders.shift(); mode !== undefined; mode = orders.shift()) {
          const folder = mkdtempSync(path.join(out, "render-"));
          try {
            const outputPath = path.join(folder, "out.mp4");
            const { workers } = scene;
            await renderWithCli({
              ...{ projectDir, outputPath, mode: mode as "plain" | "native", program, workers },
              ...{ capture: "beginframe", args: ["--crf", "0"] },
            });
            hashes.push([mode, await frameHashes(outputPath)]);
          } catch (error) {
            console.log(`${name}, ${renderer}, ${mode}: FAILED: ${String(error).slice(-300)}`);
          } finally {
            rmSync(folder, { recursive: true, force: true });
          }
        }
      }),
    );
    tell(`${name}, ${renderer}`, hashes);
  }
}

/** Prints how many renders of each mode had a late or early frame, and which. */
function tell(
  label: string,
  hashes: ReadonlyArray<readonly [mode: string, frames: readonly string[]]>,
): void {
  const length = Math.max(0, ...hashes.map(([, frames]) => frames.length));
  const usual = Array.from({ length }, (_, n) => mostFrequent(hashes.map(([, frames]) => frames[n] ?? "")));
  for (const mode of ["plain", "native"]) {
    const own = hashes.filter(([one]) => one === mode).map(([, frames]) => frames);
    const found = new Map<string, number>();
    for (const frames of own) {
      const odd = frames.flatMap((hash, n) =>
        hash === usual[n]
          ? []
          : [`${n} ${n > 0 && hash === usual[n - 1] ? "a step late" : "early or other"}`],
      );
      if (odd.length > 0) found.set(odd.join(", "), (found.get(odd.join(", ")) ?? 0) + 1);
    }
    const told = [...found].map(([what, times]) => `${times} x frame ${what}`).join("; ");
    console.log(
      `${label}, ${mode === "plain" ? "stock" : "native"}: ${own.length} renders; ${told || "all as usual"}`,
    );
  }
}

function mostFrequent(values: readonly string[]): string {
  const times = (value: string) => values.filter((one) => one === value).length;
  return [...new Set(values)].toSorted((a, b) => times(b) - times(a))[0] ?? "";
}
