// The pages and ways of rendering whose pictures `npm run compat:pictures` compares.
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { ffmpeg } from "../../../dist/tools/bench/ffmpeg.js";
import {
  type Box,
  type ClipOptions,
  type CompositionOptions,
  writeComposition,
} from "../../support/composition.ts";
import { type MediaOptions, makeVideo } from "../../support/media.ts";
import { mediaDir, root } from "../../support/paths.ts";
import type { Capture } from "../../support/render.ts";
import { emptyTimelines } from "./scenes.ts";
import { WAY_PAGES, WAYS } from "./way-rows.ts";

/** One page, rendered in one way. */
export interface PictureRow {
  readonly page: string;
  /** As `compat` names it: `hyperframes@0.8.170`, `producer@0.8.33`. */
  readonly renderer: string;
  readonly capture: Exclude<Capture, "auto">;
  readonly workers: number;
  readonly frameFormat?: "jpg" | "png";
  /** A switch of Chrome's, added by a wrapper, as a host has it. */
  readonly chromeSwitch?: string;
  /** Another program than the headless shell. */
  readonly chrome?: "chromium" | "sparticuz" | "private /tmp";
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const FPS = 30;
/** Length of every source. */
const LONGEST = 24 / FPS;
const CANVAS = { width: 1920, height: 1080 };

type Page = (duration: number) => Promise<CompositionOptions>;

async function clip(
  id: string,
  box: Box,
  media: Pick<MediaOptions, "width" | "height" | "seed">,
): Promise<ClipOptions> {
  const src = await makeVideo({ kind: "fractal", fps: FPS, seconds: LONGEST, ...media });
  return { id, src, start: 0, duration: LONGEST, box };
}

const video4k = () => clip("four-k", { left: 0, top: 0, ...CANVAS }, { width: 3840, height: 2160 });
const video720 = () =>
  clip("hd", { left: 100, top: 100, width: 480, height: 270 }, { width: 1280, height: 720, seed: 4 });
/** Of no whole MCUs, above half its size: nothing about it is scaled. */
const plain = () =>
  clip("plain", { left: 20, top: 700, width: 320, height: 180 }, { width: 322, height: 182, seed: 2 });

const PHOTO = `<img src="photo.jpg" style="position:absolute;left:900px;top:200px;width:800px;height:600px">`;
const TILTED = `<div id="card" style="position:absolute;left:700px;top:300px;font:64px serif;color:#fff;background:#246">Tilted &amp; scaled</div>`;
const TILT = `document.getElementById("card").style.transform = "rotate(" + (7 + 20 * at) + "deg) scale(" + (0.6 + 0.7 * at) + ")";`;
/** Above a video that fills the canvas: edges at whole and broken pixels, see-through, blurred. */
const OVERLAYS = `
<div style="position:absolute;left:0;top:0;width:1920px;height:81px;background:#e63946"></div>
<div style="position:absolute;left:0;top:1000.5px;width:1920px;height:79.5px;background:#0008"></div>
<div style="position:absolute;left:1800.25px;top:0;width:119.75px;height:1080px;backdrop-filter:blur(6px)"></div>`;

/** All pages by name. */
const PAGES: Readonly<Record<string, Page>> = {
  "4K at half": async (duration) => ({ ...CANVAS, duration, videos: [await video4k()] }),
  "720p at 480x270": async (duration) => ({ ...CANVAS, duration, videos: [await video720()] }),
  photo: async (duration) => ({ ...CANVAS, duration, videos: [await plain()], html: PHOTO }),
  all: async (duration) => ({
    ...CANVAS,
    duration,
    videos: [await video4k(), await video720()],
    html: PHOTO,
  }),
  overlays: async (duration) => ({ ...CANVAS, duration, videos: [await video4k()], html: OVERLAYS }),
  tilted: async (duration) => ({
    ...CANVAS,
    duration,
    videos: [await video720()],
    html: TILTED,
    script: emptyTimelines({ main: duration }, TILT),
  }),
  tall: async (duration) => ({
    ...{ width: 1080, height: 1920, duration },
    videos: [
      await clip(
        "upright",
        { left: 0, top: 0, width: 1080, height: 1920 },
        { width: 1080, height: 1920, seed: 3 },
      ),
      await clip(
        "inset",
        { left: 60, top: 1200, width: 360, height: 640 },
        { width: 720, height: 1280, seed: 5 },
      ),
    ],
  }),
  /** Decoded, more than Chrome keeps locked. */
  "ten of 4K": async (duration) => ({
    ...{ ...CANVAS, duration, html: PHOTO },
    videos: await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        clip(
          `four-k-${n}`,
          { left: (n % 4) * 480, top: Math.floor(n / 4) * 270, width: 480, height: 270 },
          { width: 3840, height: 2160, seed: n },
        ),
      ),
    ),
  }),
};

const NEWEST = "hyperframes@0.8.170";
const CAPTURES = ["screenshot", "beginframe"] as const;

/** Every page in every capture, with one worker and with several. */
const EACH_WAY: readonly PictureRow[] = ["4K at half", "720p at 480x270", "photo", "all"].flatMap((page) =>
  [NEWEST, "hyperframes@0.8.64", "producer@0.8.33"].flatMap((renderer) =>
    CAPTURES.flatMap((capture) => [1, 3].map((workers) => ({ page, renderer, capture, workers }))),
  ),
);

const SCREENSHOT = { page: "all", renderer: NEWEST, capture: "screenshot", workers: 1 } as const;

/** The other reasons for which upstream has a clip. */
const CLIP: readonly PictureRow[] = [
  ...["1.25", "1.5", "2"].map((scale) => ({
    ...SCREENSHOT,
    chromeSwitch: `--force-device-scale-factor=${scale}`,
  })),
  ...CAPTURES.map((capture) => ({ ...SCREENSHOT, capture, chrome: "chromium" as const })),
  ...CAPTURES.map((capture) => ({ ...SCREENSHOT, capture, chrome: "sparticuz" as const })),
  ...CAPTURES.map((capture) => ({ ...SCREENSHOT, capture, page: "overlays" })),
  ...CAPTURES.map((capture) => ({ ...SCREENSHOT, capture, page: "tilted" })),
  ...CAPTURES.map((capture) => ({ ...SCREENSHOT, capture, page: "tall", workers: 4 })),
  ...CAPTURES.map((capture) => ({ ...SCREENSHOT, capture, page: "ten of 4K" })),
  ...["0.7.64", "0.7.87", "0.8.170"].map((version) => ({
    ...SCREENSHOT,
    renderer: `hyperframes@${version}`,
    env: { PRODUCER_BROWSER_GPU_MODE: "hardware" },
  })),
  ...CAPTURES.map((capture) => ({ ...SCREENSHOT, capture, args: ["--resolution", "4k"] })),
  ...CAPTURES.map((capture) => ({ ...SCREENSHOT, capture, frameFormat: "png" as const })),
];

export const ROWS: readonly PictureRow[] = [...EACH_WAY, ...CLIP, ...WAYS];

/** Short, for a table and to select by. */
export function nameOfRow(row: PictureRow): string {
  const { page, renderer, capture, workers, frameFormat, chromeSwitch, chrome, args, env } = row;
  const rest = [
    frameFormat,
    chrome,
    chromeSwitch,
    ...(args ?? []),
    ...Object.entries(env ?? {}).map((one) => one.join("=")),
  ];
  return [page, renderer, capture, `${workers} ${workers === 1 ? "worker" : "workers"}`, ...rest]
    .filter(Boolean)
    .join(", ");
}

/** Writes a page's project; resolves with its folder. */
export async function writePage({ page: name, workers }: PictureRow): Promise<string> {
  const page = PAGES[name] ?? WAY_PAGES[name];
  if (page === undefined) throw new Error(`no such page: ${name}`);
  // So many that each worker has some. A page of `WAY_PAGES` has its own length.
  const duration = workers === 1 ? 10 / FPS : LONGEST;
  const folder = path.join(root, "out", "pictures", name.replaceAll(/\W+/g, "-"));
  const photo = path.join(mediaDir, "photo.jpg");
  mkdirSync(mediaDir, { recursive: true });
  if (!existsSync(photo))
    await ffmpeg([
      ...["-f", "lavfi", "-i", "mandelbrot=s=2016x1512", "-vf", "scale=4032:3024,noise=alls=8:all_seed=3"],
      ...["-frames:v", "1", "-q:v", "3", photo],
    ]);
  const composition = await page(duration);
  writeComposition(folder, { script: emptyTimelines({ main: composition.duration }), ...composition });
  copyFileSync(photo, path.join(folder, "photo.jpg"));
  return folder;
}
