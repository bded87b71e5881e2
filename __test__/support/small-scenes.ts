// Small compositions of a second that several render tests share.
import type { ClipOptions, CompositionOptions } from "./composition.ts";
import { type MediaOptions, makeVideo } from "./media.ts";

const SIZE = { width: 320, height: 180 } as const;
const SOURCE = { ...SIZE, fps: 30, seconds: 1 } as const;
const CANVAS = { width: 640, height: 360, duration: 1 } as const;

/** A video that is seen all along, and over it one that starts late and ends early. */
export async function twoClips(seed: number): Promise<CompositionOptions> {
  const box = { width: 400, height: 225 };
  const first = await makeVideo({ ...SOURCE, kind: "pattern", seed });
  const late = await makeVideo({ ...SOURCE, kind: "fractal", seed: seed + 1 });
  return {
    ...CANVAS,
    videos: [
      { id: "first", src: first, start: 0, duration: 1, box: { left: 0, top: 0, ...box } },
      { id: "late", src: late, start: 0.4, duration: 0.4, box: { left: 200, top: 120, ...box } },
    ],
  };
}

/** Clips in a grid: whole, cut, looped, slow; `over` is one in the middle of them, which starts late and ends early. */
export async function everyKindOfClip(
  kind: MediaOptions["kind"],
  seed: number,
  over: Partial<MediaOptions> = {},
): Promise<CompositionOptions> {
  const shared = await makeVideo({ ...SOURCE, kind, seed });
  const short = await makeVideo({ ...SOURCE, kind: "plasma", seed: seed + 1, seconds: 0.5 });
  const last = await makeVideo({ ...SOURCE, kind: "gradient", seed: seed + 2, ...over });
  const clip = (id: string, src: string, left: number, top: number, rest: Partial<ClipOptions> = {}) => ({
    ...{ id, src, start: 0, duration: 1, box: { left, top, ...SIZE } },
    ...rest,
  });
  return {
    ...CANVAS,
    videos: [
      clip("whole length", shared, 0, 0),
      // The same file under an id that HTML allows: the frames of both are the same files.
      clip("a.b#c: \"d\" & 'e' %20 é", shared, 320, 0, { start: 0.2, duration: 0.5, mediaStart: 0.3 }),
      clip("looped", short, 0, 180, { loop: true }),
      clip("slow", shared, 320, 180, { playbackRate: 0.5 }),
      clip("over", last, 160, 90, { start: 0.1, duration: 0.8 }),
    ],
    html: '<h1 class="title">Above the videos</h1>',
    css: ".title { position: absolute; left: 20px; bottom: 10px; color: white; font-family: sans-serif; }",
  };
}
