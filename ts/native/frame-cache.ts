import { FrameError } from "../errors.js";
import type { StepFrame } from "../frame.js";
import { warnOnce } from "../warn.js";
import {
  attempt,
  type FrameCacheStats,
  FrameCache as NativeFrameCache,
  type FrameInfo as NativeFrameInfo,
} from "./binding.js";

export type { FrameCacheOptions, FrameCacheStats } from "./binding.js";

/**
 * The native frame cache: from a frame's path to its data URI, read and encoded off the main thread, kept in a
 * two-bound LRU that all caches of the process with equal options share.
 *
 * @example
 * ```ts
 * import { FrameCache, FrameError } from "hyperframes-native";
 *
 * const cache = new FrameCache();
 * try {
 *   console.log((await cache.get("frames/frame_00001.jpg")).length, cache.stats().bytes);
 * } catch (error) {
 *   if (error instanceof FrameError) console.error(error.code, error.path, error.advice);
 *   else throw error;
 * }
 * ```
 */
export class FrameCache extends NativeFrameCache {
  /**
   * The frame as a data URI (`image/png` for paths that end in `.png`, else `image/jpeg`).
   * Bytes that are not a whole picture are passed on with one warning, unless the cache is strict.
   * @throws {FrameError} when the file cannot be read or, in a strict cache, is not a whole picture.
   */
  override async get(path: string): Promise<string> {
    try {
      return await super.get(path);
    } catch (error) {
      throw FrameError.from(error);
    } finally {
      this.#warn();
    }
  }

  /**
   * What is known of frame files without decoding them, in their order; the system is asked to have their bytes ready.
   * Files that are not a whole picture bring one warning, unless the cache is strict.
   * @throws {FrameError} as {@link get} does, for the first file that has an error.
   */
  override async inspect(paths: string[]): Promise<NativeFrameInfo[]> {
    try {
      return await super.inspect(paths);
    } catch (error) {
      throw FrameError.from(error);
    } finally {
      this.#warn();
    }
  }

  #warn(): void {
    const warnings = attempt("takeWarnings", () => this.takeWarnings()) ?? [];
    for (const { code, path, message, advice } of warnings) {
      // Once for each code: a broken extraction would otherwise warn for every frame.
      const text = `${message} (${path}). Passed on as it is, as upstream does. ${advice}`;
      warnOnce(`frame:${code}`, text, code);
    }
  }
}

/** The counts of a cache, for reports: `undefined` where they cannot be had. */
export function readStats(cache: FrameCache): FrameCacheStats | undefined {
  return attempt("stats", () => cache.stats());
}

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
