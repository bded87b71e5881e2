// What `npm run bench` renders: compositions as their authors write them.
import { join } from "node:path";
import {
  type AudioOptions,
  type ClipOptions,
  type CompositionOptions,
  writeComposition,
} from "../../__test__/support/composition.ts";
import { type MediaOptions, makeVideo } from "../../__test__/support/media.ts";
import { root } from "../../__test__/support/paths.ts";

export interface Scene {
  readonly about: string;
  readonly describe: () => Promise<Omit<CompositionOptions, "width" | "height">>;
}

const FPS = 30;
const FULL = { left: 0, top: 0, width: 1920, height: 1080 };
const HD = { kind: "footage", width: 1920, height: 1080, fps: FPS } as const;

/** A muted `<video>`, and an `<audio>` of the same file where it is heard: what HyperFrames tells authors to write. */
function clip(n: number, src: string, start: number, duration: number, box = FULL): ClipOptions {
  return { id: `video-${n}`, src, start, duration, box };
}

/** The `<audio>` of a video's own file. */
export function soundOf({ id, src, start, duration }: ClipOptions): AudioOptions {
  return { id: `${id}-sound`, src, start, duration };
}

/** One 1080p video; with sound, and so many frames from one key frame to the next. */
function talk(seconds: number, keyFrames?: number): Scene["describe"] {
  return async () => {
    const media: MediaOptions = { ...HD, seconds, seed: 11 };
    const src = await makeVideo(keyFrames === undefined ? media : { ...media, sound: true, keyFrames });
    const video = clip(0, src, 0, seconds);
    return {
      duration: seconds,
      videos: [video],
      ...(keyFrames === undefined ? {} : { audios: [soundOf(video)] }),
    };
  };
}

/** So many videos at once, in a grid. */
async function wall(
  count: number,
  media: MediaOptions,
): Promise<Omit<CompositionOptions, "width" | "height">> {
  const columns = Math.ceil(Math.sqrt(count));
  const [width, height] = [Math.floor(1920 / columns), Math.floor(1080 / columns)];
  const videos = await Promise.all(
    Array.from({ length: count }, async (_, n) =>
      clip(n, await makeVideo({ ...media, seed: n }), 0, media.seconds, {
        left: (n % columns) * width,
        top: Math.floor(n / columns) * height,
        ...{ width, height },
      }),
    ),
  );
  return {
    duration: media.seconds,
    videos,
    ...(media.sound === true ? { audios: videos.map(soundOf) } : {}),
  };
}

const NOISE = { kind: "noise", fps: FPS, width: 1920, height: 1080 } as const;

export const SCENES: Readonly<Record<string, Scene>> = {
  "talk-250": {
    about: "one 1080p video with sound, 10 s, a key frame every 250 frames",
    describe: talk(10, 250),
  },
  "talk-30": {
    about: "one 1080p video with sound, 10 s, a key frame every 30 frames",
    describe: talk(10, 30),
  },
  silent: { about: "one 1080p video without sound, 6 s", describe: talk(6) },
  montage: {
    about: "24 clips of 720p in turn, each half a second with its sound",
    describe: async () => {
      const each = 0.5;
      const videos = await Promise.all(
        Array.from({ length: 24 }, async (_, n) => {
          const media = { kind: "footage", width: 1280, height: 720, fps: FPS, seconds: 2, seed: n } as const;
          const src = await makeVideo({ ...media, sound: true, keyFrames: 60 });
          return clip(n, src, n * each, each);
        }),
      );
      return { duration: 24 * each, videos, audios: videos.map(soundOf) };
    },
  },
  thirty: {
    about: "thirty 360p videos at once, each with its sound, 6 s",
    describe: () =>
      wall(30, {
        kind: "pattern",
        width: 640,
        height: 360,
        fps: FPS,
        seconds: 6,
        sound: true,
        keyFrames: 180,
      }),
  },
  four: {
    about: "four 1080p videos of noise at once, 4 s",
    describe: () => wall(4, { ...NOISE, seconds: 4 }),
  },
  "4k": {
    about: "one 4K video at half its size, 3 s",
    describe: () => wall(1, { ...HD, width: 3840, height: 2160, seconds: 3 }),
  },
  small: {
    about: "one 360p video, 6 s",
    describe: () => wall(1, { kind: "gradient", width: 640, height: 360, fps: FPS, seconds: 6 }),
  },
  none: {
    about: "a page without video, 4 s",
    describe: async () => ({
      duration: 4,
      videos: [],
      html: "<h1 style='color:white'>Nothing moves here</h1>",
    }),
  },
};

/** Writes a scene's project; resolves with its folder. */
export async function writeScene(name: string): Promise<string> {
  const scene = SCENES[name];
  if (scene === undefined) throw new Error(`no such scene: ${name}`);
  const folder = join(root, "out", "bench", `whole-${name}`);
  writeComposition(folder, { width: 1920, height: 1080, ...(await scene.describe()) });
  return folder;
}
