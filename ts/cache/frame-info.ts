import { FrameError } from "../errors.js";
import type { StepFrame } from "../frame.js";
import type { FrameCache } from "./frame-cache.js";

/** What is known of a frame file without decoding it. */
export interface FrameInfo {
  /** Bytes of the file. */
  readonly size: number;
  /** Time of its last change, in milliseconds, as Node's `stat` gives it. */
  readonly mtimeMs: number;
  /** The same of its inode, which no program can set; 0 where the system does not tell. */
  readonly ctimeMs: number;
  /** Pixels; 0 where the bytes do not say. */
  readonly width: number;
  readonly height: number;
  /** Whether it is a JPEG of which both sides are whole MCUs: Chrome may decode such a frame at a smaller scale. */
  readonly wholeMcus: boolean;
}

/** Bytes the decoded picture takes: four a pixel. */
export function pictureBytes({ width, height }: FrameInfo): number {
  return width * height * 4;
}

/**
 * Looks at frame files off the main thread, and asks the system to read them ahead; what is known of each, by path.
 * @throws {FrameError} when one cannot be read or, with strict checking, is not a whole picture.
 */
export async function inspectFrames(
  cache: FrameCache,
  frames: ReadonlyArray<Pick<StepFrame, "framePath"> & Partial<StepFrame>>,
): Promise<Map<string, FrameInfo>> {
  try {
    const infos = await cache.inspect(frames.map(({ framePath }) => framePath));
    return new Map(
      frames.flatMap(({ framePath }, n) => (infos[n] === undefined ? [] : [[framePath, infos[n]] as const])),
    );
  } catch (error) {
    const path = (error as { path?: unknown }).path;
    throw FrameError.from(error, frames.find(({ framePath }) => framePath === path)?.videoId);
  }
}
