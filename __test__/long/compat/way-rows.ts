// Ways through upstream, and kinds of source videos, that no other test takes.
import type { Box, ClipOptions, CompositionOptions } from "../../support/composition.ts";
import { makeMedia, makeVideo } from "../../support/media.ts";
import { pageCompositeScript } from "../../support/page-composite.ts";
import type { PictureRow } from "./picture-rows.ts";
import { emptyTimelines } from "./scenes.ts";

const CANVAS = { width: 1280, height: 720 };
const TILE = { width: 320, height: 180 };
const WHOLE: Box = { left: 0, top: 0, ...CANVAS };
const SECONDS = 1;
const X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "18"];

/** The tile of a number: four in a row. */
const tile = (n: number): Box => ({
  left: (n % 4) * TILE.width,
  top: Math.floor(n / 4) * TILE.height,
  ...TILE,
});

const plainVideo = (seed: number) =>
  makeVideo({ kind: "pattern", width: 640, height: 360, fps: 30, seconds: SECONDS, seed });

const clipOf = (id: string, src: string, box: Box): ClipOptions => ({
  id,
  src,
  start: 0,
  duration: SECONDS,
  box,
});

/** Sources by what is unusual about them; each is made of ffmpeg's moving pattern by these arguments. */
const INPUTS: Readonly<Record<string, readonly [extension: string, args: readonly string[]]>> = {
  "sar-4-3": ["mp4", ["-vf", "scale=480:360,setsar=4/3", ...X264]],
  "ten-bit": ["mp4", ["-pix_fmt", "yuv420p10le", ...X264]],
  vfr: ["mp4", ["-vf", "select='lt(n,10)+not(mod(n,3))'", "-fps_mode", "vfr", ...X264]],
  interlaced: ["mp4", ["-vf", "tinterlace=interleave_top", "-flags", "+ilme+ildct", ...X264]],
  odd: ["mp4", ["-vf", "scale=853:481", "-pix_fmt", "yuv444p", ...X264]],
  hevc: [
    "mp4",
    ["-c:v", "libx265", "-preset", "ultrafast", "-tag:v", "hvc1", "-x265-params", "log-level=error"],
  ],
  av1: ["mp4", ["-c:v", "libsvtav1", "-preset", "12"]],
  prores: ["mov", ["-c:v", "prores_ks", "-profile:v", "0"]],
  "long-sound": [
    "mp4",
    ["-f", "lavfi", "-i", "sine=d=3", "-map", "0:v", "-map", "1:a", "-c:a", "aac", ...X264],
  ],
};

async function inputs(): Promise<CompositionOptions> {
  const source = await plainVideo(7);
  const made = Object.entries(INPUTS).map(async ([id, [extension, args]], n) =>
    clipOf(id, await makeMedia(id, extension, ["-i", source, ...args]), tile(n)),
  );
  const copy = ["-i", source, "-c", "copy"];
  // ffmpeg before 6 takes the turn as a tag of the stream, later ones as an option of the input.
  const rotated = await makeMedia("rotated", "mp4", ["-display_rotation", "90", ...copy]).catch(() =>
    makeMedia("rotated", "mp4", [...copy, "-metadata:s:v", "rotate=90"]),
  );
  const videos = await Promise.all(made);
  return {
    ...CANVAS,
    duration: SECONDS,
    videos: [
      ...videos,
      clipOf("rotated", rotated, tile(videos.length)),
      clipOf("bordered", source, tile(videos.length + 1)),
    ],
    css: "#bordered { box-sizing: border-box; border: 9px solid #e63946; border-radius: 30px; padding: 5px; }",
  };
}

/** A script keeps clones of a frame's image, and of the clone, and the address of one that was shown long before. */
const CLONES = `
const shelf = document.getElementById("shelf");
const image = document.querySelector("img");
if (image) {
  const clone = image.cloneNode(true);
  const again = clone.cloneNode(true);
  const late = new Image();
  late.src = window.kept ?? image.src;
  window.kept ??= image.src;
  for (const [n, one] of [clone, again, late].entries()) {
    one.removeAttribute("id");
    one.style.cssText = "position:absolute;width:320px;height:180px;top:0;left:" + n * 320 + "px";
  }
  shelf.replaceChildren(clone, again, late);
}`;

type Page = (duration: number) => Promise<CompositionOptions>;

export const WAY_PAGES: Readonly<Record<string, Page>> = {
  "two clips": async () => ({
    ...CANVAS,
    duration: SECONDS,
    videos: [clipOf("one", await plainVideo(1), tile(1)), clipOf("two", await plainVideo(2), tile(6))],
    html: '<h1 style="position:absolute;left:40px;top:540px;color:#fff">two clips</h1>',
  }),
  transition: async () => ({
    ...CANVAS,
    duration: SECONDS,
    videos: [],
    groups: [
      { id: "scene-1", box: WHOLE, videos: [clipOf("first", await plainVideo(3), WHOLE)] },
      { id: "scene-2", box: WHOLE, videos: [clipOf("second", await plainVideo(4), WHOLE)] },
    ],
    css: "#scene-2 { opacity: 0; }",
    script:
      emptyTimelines({ main: SECONDS }) +
      pageCompositeScript(
        { time: 0.3, duration: 0.4, shader: "domain-warp", fromScene: "scene-1", toScene: "scene-2" },
        CANVAS,
      ),
  }),
  "tagged as HLG": async () => {
    const tags = ["-color_primaries", "bt2020", "-color_trc", "arib-std-b67", "-colorspace", "bt2020nc"];
    const source = await makeMedia("hlg", "mp4", ["-i", await plainVideo(5), ...tags, ...X264]);
    const videos = [clipOf("hlg", source, tile(0)), clipOf("sdr", await plainVideo(6), tile(5))];
    return { ...CANVAS, duration: SECONDS, videos };
  },
  clones: async () => ({
    ...CANVAS,
    duration: SECONDS,
    videos: [clipOf("cloned", await plainVideo(8), tile(8))],
    html: '<div id="shelf"></div>',
    script: emptyTimelines({ main: SECONDS }, CLONES),
  }),
  "one id twice": async () => {
    const scene = async (id: string, n: number) => ({
      ...{ id, start: 0, duration: SECONDS, box: tile(n) },
      videos: [clipOf("same", await plainVideo(9 + n), { left: 0, top: 0, ...TILE })],
    });
    return {
      ...{ ...CANVAS, duration: SECONDS, videos: [] },
      subCompositions: [await scene("left", 0), await scene("right", 1)],
      script: emptyTimelines({ main: SECONDS, left: SECONDS, right: SECONDS }),
    };
  },
  rates: async () => {
    const source = await plainVideo(12);
    const videos = [0.4, 1.37, 2].map((playbackRate, n) => ({
      ...clipOf(`rate-${n}`, source, tile(n)),
      ...{ playbackRate, duration: 0.4, mediaStart: 0.1 * n },
    }));
    return { ...CANVAS, duration: SECONDS, videos };
  },
  inputs,
  "frames of 20 MB": async () => {
    const size = { width: 3840, height: 2160 };
    const src = await makeVideo({ kind: "noise", ...size, fps: 30, seconds: 0.2 });
    return { ...CANVAS, duration: 0.2, videos: [{ ...clipOf("noise", src, WHOLE), duration: 0.2 }] };
  },
  "fade from black": async () => {
    const source = await makeVideo({ kind: "noise", width: 1280, height: 720, fps: 30, seconds: SECONDS });
    const fade = "fade=in:st=0.1:d=0.3,fade=out:st=0.6:d=0.3";
    const src = await makeMedia("faded", "mp4", ["-i", source, "-vf", fade, ...X264]);
    return { ...CANVAS, duration: SECONDS, videos: [clipOf("faded", src, WHOLE)] };
  },
};

const NEWEST = { renderer: "hyperframes@0.8.170", capture: "beginframe", workers: 1 } as const;
const TWO = { ...NEWEST, page: "two clips" };

export const WAYS: readonly PictureRow[] = [
  ...[2, 3].map((workers) => ({
    ...{ ...NEWEST, page: "transition", workers },
    env: { HF_PAGE_SIDE_COMPOSITING: "false" },
  })),
  { ...NEWEST, page: "tagged as HLG" },
  {
    ...TWO,
    env: {
      HF_SEGMENTED_CAPTURE: "true",
      HF_SEGMENT_FRAMES: "10",
      HF_SEGMENT_BROWSER_RECYCLE: "1",
    },
  },
  { ...TWO, capture: "screenshot", workers: 3, env: { HF_CAPTURE_PARALLEL_STREAM: "true" } },
  { ...TWO, chrome: "private /tmp" },
  ...["gif", "hls", "png-sequence", "mov", "webm"].map((format) => ({ ...TWO, args: ["--format", format] })),
  { ...TWO, capture: "screenshot", args: ["--low-memory-mode"] },
  ...["clones", "one id twice", "rates", "fade from black"].map((page) => ({ ...NEWEST, page })),
  { ...NEWEST, page: "clones", capture: "screenshot" },
  { ...NEWEST, page: "inputs" },
  { ...NEWEST, page: "inputs", frameFormat: "png" },
  { ...NEWEST, page: "frames of 20 MB", frameFormat: "png" },
];
