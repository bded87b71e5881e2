// The composition of the demo: four different videos on screen at once, with a title over them.
import type { Box, CompositionOptions } from "../../__test__/support/composition.ts";
import { type MediaKind, makeVideo } from "../../__test__/support/media.ts";

const SECONDS = 3;
const FPS = 30;
const WIDTH = 1920;
const HEIGHT = 1080;

interface Source {
  readonly kind: MediaKind;
  readonly width: number;
  readonly height: number;
}

const HD = { width: WIDTH, height: HEIGHT };

/** One of them is of whole MCUs and drawn at less than half its size, which Chrome may decode smaller. */
export const SOURCES: readonly Source[] = [
  { kind: "fractal", ...HD },
  { kind: "plasma", ...HD },
  { kind: "cells", width: 2560, height: 1440 },
  { kind: "pattern", ...HD },
];

const CSS = `
video { border-radius: 18px; }
.title { position: absolute; left: 0; right: 0; top: 502px; text-align: center; }
.title span {
  padding: 18px 44px; border-radius: 14px; background: rgba(10, 12, 24, 0.82);
  font: 700 64px sans-serif; color: #fff;
}
`;

function quarter(index: number): Box {
  const gap = 16;
  const width = (WIDTH - 3 * gap) / 2;
  const height = (HEIGHT - 3 * gap) / 2;
  return {
    left: gap + (index % 2) * (width + gap),
    top: gap + Math.floor(index / 2) * (height + gap),
    width,
    height,
  };
}

/** Makes the source videos where they do not exist yet and describes the composition. */
export async function describeWall(onVideo: (done: number) => void): Promise<CompositionOptions> {
  const sources: string[] = [];
  for (const [index, source] of SOURCES.entries()) {
    sources.push(await makeVideo({ ...source, seed: index + 1, fps: FPS, seconds: SECONDS }));
    onVideo(sources.length / SOURCES.length);
  }
  return {
    width: WIDTH,
    height: HEIGHT,
    duration: SECONDS,
    videos: sources.map((src, index) => {
      // The last one joins a little later, as clips do.
      const start = index === sources.length - 1 ? 0.5 : 0;
      return { id: `video-${index}`, src, start, duration: SECONDS - start, box: quarter(index) };
    }),
    html: '<div class="title"><span>Four videos, every frame</span></div>',
    css: CSS,
  };
}

/** Times at which the contact sheet shows the videos. */
export const SHEET_TIMES = [0.2, 1.2, 2.7] as const;
