/** Whether a render with the drop-in shows what HyperFrames shows, where HyperFrames does not always show the same itself. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ffmpegProgram, frameHashes, type ProgramLimits } from "./ffmpeg.js";

/** Least number of stock renders that a flicker is judged by. */
export const STOCK_RENDERS = 3;

/** Frames that are looked at to know where stock differs from itself. */
const FLICKER_FRAMES = 20;

/** Frames of a video that are in memory at a time: 4K takes 24 MB each. */
const DECODED_AT_ONCE = 5;

/** Furthest, in pixels, that a difference may lie from one of stock's own: text that is turned moves by that much. */
const NEAR = 4;

/** What native renders and stock ones of the same composition have to do with each other. */
export interface PicturesVerdict {
  /** Decoded frames of a stock render. */
  readonly frames: number;
  /** How many stock renders it was judged by. */
  readonly stocks: number;
  /**
   * For each native render the frames, from 0 on, that equal none of the stock renders, and differ where or more than stock differs
   * from itself.
   */
  readonly differing: readonly (readonly number[])[];
  /** Frames in which stock differs from itself. */
  readonly flickering: readonly number[];
  /** The part of the picture in which it does, in pixels; `null` where it does not, or was not looked at. */
  readonly where: Box | null;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Judges native renders by stock ones. Where a frame equals none of these, stock is rendered again until there are
 * {@link STOCK_RENDERS} of them. If stock is not the same twice, the frame's pixels are looked at: each has to lie between those of stock, or
 * beside a place where stock differs from itself in some frame, and no further off than stock is from itself there. Some frame, since where
 * two pictures are possible three renders often show one of them alone.
 * @param renderStock - Renders stock once more, as number `n` (from 1 on) of the stock renders; gives the path of the video.
 * @throws where a video cannot be decoded, or has no frame.
 */
export async function judgePictures(
  stocks: readonly string[],
  natives: readonly string[],
  renderStock: (n: number) => Promise<string>,
  limits?: ProgramLimits,
): Promise<PicturesVerdict> {
  const videos = [...stocks];
  const [seen, own] = [await hashesOf(videos, limits), await hashesOf(natives, limits)];
  const length = () => Math.max(...[...seen, ...own].map((hashes) => hashes.length));
  const isUnlike = (frame: number) =>
    own.some((hashes) => seen.every((others) => others[frame] !== hashes[frame]));
  while (videos.length < STOCK_RENDERS && Array.from({ length: length() }, (_, n) => n).some(isUnlike)) {
    const video = await renderStock(videos.length + 1);
    videos.push(video);
    seen.push(...(await hashesOf([video], limits)));
  }
  const frames = Array.from({ length: length() }, (_, n) => n);
  const shownIn = (frame: number) => new Set(seen.map((hashes) => hashes[frame]));
  const flickering = frames.filter((frame) => shownIn(frame).size > 1);
  const unlike = frames.filter(isUnlike);
  const flicker = unlike.length === 0 ? null : await flickerIn(flickering, videos, limits);
  /** Those of a native render's frames that are none of stock's, and not within its flicker. */
  const differingIn = async (native: string, hashes: readonly string[]) => {
    const those = unlike.filter((frame) => !shownIn(frame).has(hashes[frame]));
    const isInAll = (frame: number) => hashes[frame] !== undefined && !shownIn(frame).has(undefined);
    const within = new Set<number>();
    if (flicker !== null)
      for await (const [frame, [picture, ...pictures]] of decoded(
        [native, ...videos],
        those.filter(isInAll),
        limits,
      ))
        if (picture !== undefined && isWithin(picture, pictures, flicker)) within.add(frame);
    return those.filter((frame) => !within.has(frame));
  };
  const differing: number[][] = [];
  for (const [n, native] of natives.entries()) {
    const hashes = own[n] ?? [];
    const twin = own.findIndex((others) => others.join() === hashes.join());
    differing.push(differing[twin] ?? (await differingIn(native, hashes)));
  }
  return {
    frames: Math.max(...seen.map(({ length }) => length)),
    stocks: videos.length,
    differing,
    flickering,
    where: flicker?.box ?? null,
  };
}

/** One after the other: each decoder takes all of the machine. */
async function hashesOf(videos: readonly string[], limits?: ProgramLimits): Promise<string[][]> {
  const all: string[][] = [];
  for (const video of videos) {
    const hashes = await frameHashes(video, limits);
    // Two videos without a frame would be the same.
    if (hashes.length === 0) throw new Error(`${video} has no frames`);
    all.push(hashes);
  }
  return all;
}

/** A decoded frame, a byte for each pixel and colour. */
interface Picture {
  readonly width: number;
  readonly bytes: Buffer;
}

const COLOURS = 3;

/** How stock differs from itself. */
interface Flicker {
  box: Box | null;
  /** The largest difference of a byte. */
  amount: number;
  /** Pixels that differ. */
  readonly pixels: Set<number>;
}

/** Frames, each as the videos show it; some of them at a time, since a decoder begins at the first. */
async function* decoded(
  videos: readonly string[],
  frames: readonly number[],
  limits?: ProgramLimits,
): AsyncGenerator<readonly [frame: number, pictures: readonly Picture[]]> {
  for (let from = 0; from < frames.length; from += DECODED_AT_ONCE) {
    const some = frames.slice(from, from + DECODED_AT_ONCE);
    const each: Picture[][] = [];
    for (const video of videos) each.push(await decode(video, some, limits));
    for (const [n, frame] of some.entries()) yield [frame, each.flatMap((pictures) => pictures[n] ?? [])];
  }
}

async function decode(
  video: string,
  frames: readonly number[],
  { timeoutMs: timeout, signal }: ProgramLimits = {},
): Promise<Picture[]> {
  const select = frames.map((frame) => `eq(n\\,${frame})`).join("+");
  const { stdout } = await promisify(execFile)(
    ffmpegProgram(),
    [
      ...["-v", "error", "-nostdin", "-i", video, "-map", "0:v:0"],
      // In a row, so that none is doubled for the gaps. (The option that says so, `-fps_mode`, came with ffmpeg 5.1.)
      ...["-vf", `select=${select},setpts=N/FRAME_RATE/TB`, "-frames:v", String(frames.length)],
      ...["-f", "image2pipe", "-c:v", "ppm", "-pix_fmt", "rgb24", "-"],
    ],
    { encoding: "buffer", maxBuffer: 256 * 1024 * 1024, timeout, signal },
  );
  const pictures: Picture[] = [];
  for (let at = 0; at < stdout.length; ) {
    const header = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(stdout.toString("latin1", at, at + 64));
    if (header === null) throw new Error(`ffmpeg gave no pictures of ${video}`);
    const [width, height] = [Number(header[1]), Number(header[2])];
    const start = at + header[0].length;
    at = start + width * height * COLOURS;
    pictures.push({ width, bytes: stdout.subarray(start, at) });
  }
  return pictures;
}

/** How stock differs from itself in some of these frames; `null` where it does not. */
async function flickerIn(
  frames: readonly number[],
  videos: readonly string[],
  limits?: ProgramLimits,
): Promise<Flicker | null> {
  const flicker: Flicker = { box: null, amount: 0, pixels: new Set() };
  const every = Math.ceil(frames.length / FLICKER_FRAMES);
  const some = frames.filter((_, n) => n % every === 0);
  for await (const [, pictures] of decoded(videos, some, limits)) addFlicker(pictures, flicker);
  return flicker.box === null ? null : flicker;
}

/** The least and the largest value of each byte; `undefined` where the pictures are of several sizes. */
function boundsOf(
  pictures: readonly Picture[],
): { readonly width: number; readonly least: Buffer; readonly most: Buffer } | undefined {
  const [first] = pictures;
  if (first === undefined || pictures.some(({ bytes }) => bytes.length !== first.bytes.length))
    return undefined;
  const [least, most] = [Buffer.from(first.bytes), Buffer.from(first.bytes)];
  for (const { bytes } of pictures) {
    for (let at = 0; at < bytes.length; at++) {
      const value = bytes[at] ?? 0;
      if (value < (least[at] ?? 0)) least[at] = value;
      if (value > (most[at] ?? 0)) most[at] = value;
    }
  }
  return { width: first.width, least, most };
}

function addFlicker(pictures: readonly Picture[], flicker: Flicker): void {
  const bounds = boundsOf(pictures);
  if (bounds === undefined) return;
  const { width, least, most } = bounds;
  for (let at = 0; at < least.length; at++) {
    const difference = (most[at] ?? 0) - (least[at] ?? 0);
    if (difference === 0) continue;
    flicker.amount = Math.max(flicker.amount, difference);
    const pixel = Math.floor(at / COLOURS);
    if (flicker.pixels.has(pixel)) continue;
    flicker.pixels.add(pixel);
    const [left, top] = [pixel % width, Math.floor(pixel / width)];
    flicker.box = union(flicker.box, { left, top, right: left + 1, bottom: top + 1 });
  }
}

function isWithin({ width, bytes }: Picture, stocks: readonly Picture[], flicker: Flicker): boolean {
  const bounds = boundsOf(stocks);
  if (bounds === undefined || bounds.least.length !== bytes.length) return false;
  const { least, most } = bounds;
  for (let at = 0; at < bytes.length; at++) {
    const value = bytes[at] ?? 0;
    const beyond = Math.max(value - (most[at] ?? 0), (least[at] ?? 0) - value);
    if (beyond <= 0) continue;
    if (beyond > flicker.amount || !isNear(Math.floor(at / COLOURS), width, flicker.pixels)) return false;
  }
  return true;
}

function isNear(pixel: number, width: number, pixels: ReadonlySet<number>): boolean {
  for (let down = -NEAR; down <= NEAR; down++) {
    for (let across = -NEAR; across <= NEAR; across++) {
      if (pixels.has(pixel + down * width + across)) return true;
    }
  }
  return false;
}

function union(one: Box | null, other: Box): Box {
  if (one === null) return other;
  return {
    left: Math.min(one.left, other.left),
    top: Math.min(one.top, other.top),
    right: Math.max(one.right, other.right),
    bottom: Math.max(one.bottom, other.bottom),
  };
}

/** What a person is told of a page that is not the same twice; empty for one that is. */
export function tellFlicker({ flickering, where }: Pick<PicturesVerdict, "flickering" | "where">): string {
  if (flickering.length === 0) return "";
  const place =
    where === null
      ? ""
      : `, between ${where.left}, ${where.top} and ${where.right}, ${where.bottom} (pixels)`;
  return `This page is not the same twice without the drop-in either: ${rangesOf(flickering)}${place}.`;
}

function rangesOf(frames: readonly number[]): string {
  const ranges: Array<[first: number, last: number]> = [];
  for (const frame of frames) {
    const range = ranges.at(-1);
    if (range !== undefined && range[1] === frame - 1) range[1] = frame;
    else ranges.push([frame, frame]);
  }
  const named = ranges.map(([first, last]) => (first === last ? `${first}` : `${first} to ${last}`));
  return `${frames.length === 1 ? "frame" : "frames"} ${named.join(", ")}`;
}
