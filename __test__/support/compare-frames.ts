/** Whether two videos show the same pictures. */
import { frameHashes } from "../../dist/tools/bench/ffmpeg.js";

export interface FrameComparison {
  readonly identical: boolean;
  /** Frames in the first video. */
  readonly frames: number;
  /** How many frames differ, or are in one video only. */
  readonly differing: number;
  /** Index of the first frame that differs or that one of the two lacks; `null` where they are identical. */
  readonly firstDifference: number | null;
}

/** How many different pictures a video shows, seen through one of ffmpeg's filters. */
export async function distinctFrames(file: string, filter?: string): Promise<number> {
  const pixels = (await frameHashes(file, undefined, filter)).map((line) =>
    line.slice(line.lastIndexOf(",") + 1),
  );
  return new Set(pixels).size;
}

/**
 * Compares all decoded frames with their times; the containers' own bytes may differ. Each of the two is a video or, as ffmpeg
 * reads them, numbered pictures (`frame_%06d.png`).
 */
export async function compareFrames(one: string, other: string): Promise<FrameComparison> {
  const [a, b] = await Promise.all([one, other].map((file) => frameHashes(file)));
  if (a === undefined || b === undefined) throw new Error("nothing to compare");
  // Two videos without a frame would be identical too.
  if (a.length === 0) throw new Error(`${one} has no frames`);
  const longest = a.length >= b.length ? a : b;
  const differing = [...longest.keys()].filter((index) => a[index] !== b[index]);
  return {
    identical: differing.length === 0,
    frames: a.length,
    differing: differing.length,
    // The encoder looks ahead: one captured picture that differs can change decoded frames before it.
    firstDifference: differing[0] ?? null,
  };
}
