// Source videos and sounds, made when they are needed: nothing binary is in the repository.
import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { ffmpeg } from "../../dist/tools/bench/ffmpeg.js";
import { mediaDir } from "./paths.ts";

/**
 * - `pattern`: ffmpeg's moving test pattern with its running clock.
 * - `fractal`, `gradient`, `cells`, `plasma`: moving pictures with soft and hard edges, like footage in how they compress.
 * - `footage`: the fractal at about the bit rate of a phone's recording, 17 Mbit/s at 1080p30; `fractal` has 137.
 * - `noise`: nothing but noise, the largest frames that a size can have.
 */
export type MediaKind = "pattern" | "fractal" | "gradient" | "cells" | "plasma" | "footage" | "noise";

/** `vp9-alpha` is a webm with a transparent part that moves; HyperFrames extracts its frames as png. */
export type MediaCodec = "h264" | "vp9-alpha";

export interface MediaOptions {
  readonly kind: MediaKind;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly seconds: number;
  readonly codec?: MediaCodec;
  /** Videos with different seeds differ in every frame. */
  readonly seed?: number;
  /** With a sound track: a tone, whose pitch is the seed's. */
  readonly sound?: boolean;
  /** Frames from one key frame to the next at most; 30 where it is not given. Of h264 only. */
  readonly keyFrames?: number;
  /** Pictures a second where the video repeats frames, as a slide or a recording of a screen does; by default each frame is another one. */
  readonly changesPerSecond?: number;
}

type PictureOptions = Required<Omit<MediaOptions, "sound" | "keyFrames" | "changesPerSecond">>;

interface Recipe {
  /** A lavfi source. */
  readonly source: string;
  /** Filters that bring it to size and move it. */
  readonly filters: readonly string[];
}

// Slow sources are drawn small and enlarged; the grain that every kind gets on top has full resolution.
const fractal = ({ width, height, fps, seed }: PictureOptions): Recipe => ({
  source: `mandelbrot=s=${even(width / 2)}x${even(height / 2)}:r=${fps}:start_scale=${(0.6 / (1 + (seed % 7))).toFixed(4)}:end_pts=400:end_scale=0.0005:maxiter=400`,
  filters: [`scale=${width}:${height}`, `hue=h=${(seed * 67) % 360}`],
});

const RECIPES: Record<MediaKind, (media: PictureOptions) => Recipe> = {
  fractal,
  footage: fractal,
  pattern: ({ width, height, fps, seed }) => ({
    source: `testsrc2=s=${width}x${height}:r=${fps}`,
    filters: [`hue=h=${(seed * 67) % 360}`],
  }),
  gradient: ({ width, height, fps, seed }) => ({
    source: `gradients=s=${width}x${height}:r=${fps}:speed=0.04:n=5:seed=${seed + 1}`,
    filters: [],
  }),
  cells: ({ width, height, fps, seed }) => ({
    source: `life=s=${even(width / 8)}x${even(height / 8)}:r=${fps}:mold=8:seed=${seed + 1}:ratio=0.3:life_color=#f4d35e:death_color=#0d3b66:mold_color=#ee964b`,
    filters: [`scale=${width}:${height}:flags=neighbor`, `hue=h=${(seed * 67) % 360}`],
  }),
  plasma: ({ fps, width, height, seed }) => ({
    source: `nullsrc=s=${even(width / 8)}x${even(height / 8)}:r=${fps}`,
    filters: [
      "format=gbrp",
      `geq=r='128+127*sin(X/17+T*3+${seed})':g='128+127*sin((X+Y)/23-T*2)':b='128+127*sin(hypot(X-W/2,Y-H/2)/11-T*4)'`,
      `scale=${width}:${height}:flags=bicubic`,
    ],
  }),
  noise: ({ width, height, fps }) => ({ source: `color=c=gray:s=${width}x${height}:r=${fps}`, filters: [] }),
};

/** Strength of the grain; temporal, so that every frame of every kind is one of its own. */
const GRAIN: Record<MediaKind, number> = {
  pattern: 8,
  fractal: 14,
  gradient: 10,
  cells: 10,
  plasma: 14,
  footage: 5,
  noise: 100,
};

const ENCODERS: Record<MediaCodec, { extension: string; args: readonly string[] }> = {
  h264: {
    extension: "mp4",
    args: ["-pix_fmt", "yuv420p", "-c:v", "libx264"],
  },
  "vp9-alpha": {
    extension: "webm",
    // Alternate reference frames and alpha exclude each other in libvpx.
    args: [
      ...["-pix_fmt", "yuva420p", "-c:v", "libvpx-vp9", "-auto-alt-ref", "0"],
      ...["-deadline", "realtime", "-cpu-used", "8", "-b:v", "0", "-crf", "24"],
    ],
  },
};

/** Made in no time, and large for it. */
const LARGE = ["-preset", "ultrafast", "-crf", "18"];

/** About the bit rate of a phone's recording, for the size: 17 Mbit/s at 1080p30. */
function cameraRate({ width, height, fps }: PictureOptions): string[] {
  const rate = `${Math.round((width * height * fps * 0.273) / 1000)}k`;
  return ["-preset", "veryfast", "-b:v", rate, "-maxrate", rate, "-bufsize", rate];
}

function even(value: number): number {
  return Math.max(2, Math.round(value / 2) * 2);
}

/** Makes a video, or finds it as made before; resolves with its path. */
export async function makeVideo(options: MediaOptions): Promise<string> {
  const { sound = false, keyFrames = 30, changesPerSecond, ...picture } = options;
  const media: PictureOptions = { codec: "h264", seed: 0, ...picture };
  const { kind, width, height, fps, seconds, codec, seed } = media;
  const encoder = ENCODERS[codec];
  const recipe = RECIPES[kind](media);
  const grain = `noise=alls=${GRAIN[kind]}:allf=t+u:all_seed=${seed + 1}`;
  // A hard edge wanders through the frame: nothing left of it, and right of it a fade from opaque to half transparent.
  const alpha =
    codec === "vp9-alpha"
      ? [
          "format=yuva444p",
          "geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='if(lt(X,mod(N*7,W/2)),0,255-127*Y/H)'",
        ]
      : [];
  const held = changesPerSecond === undefined ? [] : [`fps=${changesPerSecond}`, `fps=${fps}`];
  const args = [
    ...["-f", "lavfi", "-i", recipe.source],
    ...(sound ? tone(seconds, seed) : []),
    ...["-vf", [...recipe.filters, grain, ...alpha, ...held].join(",")],
    ...["-t", String(seconds), ...(sound ? ["-c:a", "aac"] : ["-an"]), ...encoder.args],
    ...(codec === "h264"
      ? [...(kind === "footage" ? cameraRate(media) : LARGE), "-g", String(keyFrames)]
      : []),
  ];
  return makeMedia(`${kind}-${width}x${height}-${fps}fps-${seconds}s-${seed}`, encoder.extension, args);
}

/** Makes a sound without a picture, or finds it as made before; resolves with its path. */
export function makeSound(seconds: number): Promise<string> {
  return makeMedia(`tone-${seconds}s`, "m4a", [...tone(seconds, 0), "-c:a", "aac"]);
}

/** A lavfi source of sound; different seeds have different pitches. */
function tone(seconds: number, seed: number): readonly string[] {
  return ["-f", "lavfi", "-i", `sine=f=${220 + 20 * (seed % 50)}:d=${seconds}`];
}

/** What ffmpeg makes of `args`, in a file whose name begins with `about`. */
export async function makeMedia(about: string, extension: string, args: readonly string[]): Promise<string> {
  // The name carries a hash of the whole recipe, so a change of it here never finds an old file.
  const recipeHash = createHash("sha256").update(JSON.stringify(args)).digest("hex").slice(0, 12);
  const name = `${about}-${recipeHash}`;
  const file = path.join(mediaDir, `${name}.${extension}`);
  if (existsSync(file)) return file;

  mkdirSync(mediaDir, { recursive: true });
  // Renamed when complete: another test, of this process or another, may be looking for the same file.
  const partial = path.join(mediaDir, `${name}.${randomUUID()}.partial.${extension}`);
  try {
    await ffmpeg(["-y", ...args, partial]);
    renameSync(partial, file);
  } finally {
    rmSync(partial, { force: true });
  }
  return file;
}
