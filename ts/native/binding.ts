/** Where all that renders takes the native side from. */
import "./assert-loads.js";
import * as native from "#binding";
import { FrameError, warnOnce } from "../errors.js";
import type { StepFrame } from "../frame.js";

export { type FrameCacheOptions, type FrameCacheStats, type FrameInfo, FrameServer } from "#binding";

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
export class FrameCache extends native.FrameCache {
  /**
   * The frame as a data URI (`image/png` for paths that end in `.png`, else `image/jpeg`).
   * Bytes that are not a whole picture are passed on with one warning, unless the cache is strict.
   * @throws {FrameError} when the file cannot be read or, in a strict cache, is not a whole picture.
   */
  override async get(path: string): Promise<string> {
    return this.#checked(() => super.get(path));
  }

  /**
   * Facts of frame files that are known without decoding them, in their order; the system is asked to have their bytes ready.
   * Files that are not a whole picture bring one warning, unless the cache is strict.
   * @throws {FrameError} as {@link get} does, for the first file that has an error.
   */
  override async inspect(paths: string[]): Promise<native.FrameInfo[]> {
    return this.#checked(() => super.inspect(paths));
  }

  async #checked<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      throw FrameError.from(error);
    } finally {
      const warnings = attempt("takeWarnings", () => this.takeWarnings()) ?? [];
      for (const { code, message, advice } of warnings) {
        // Once for each code: a broken extraction would otherwise warn for every frame.
        const text = `${message}. Passed on as it is, as upstream does. ${advice}`;
        warnOnce(`frame:${code}`, text, code);
      }
    }
  }
}

/** The counts of a cache, for reports: `undefined` where they cannot be had. */
export function readStats(cache: FrameCache): native.FrameCacheStats | undefined {
  return attempt("stats", () => cache.stats());
}

/**
 * Makes a call of the native side that only counts or cleans up: where it fails it must neither fail the work that it came after nor end
 * the process from a listener. `undefined` for one that failed.
 */
export function attempt<T>(name: string, call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    warnOfNativeFailure(name, error);
    return undefined;
  }
}

export function warnOfNativeFailure(name: string, error: unknown): void {
  const message = `The native side failed in ${name}, which frames do not depend on: ${error}. They go on as before.`;
  warnOnce("native:panic", message, "INTERNAL");
}

/** Bytes that a picture takes when it is decoded: four a pixel. */
export function pictureBytes({ width, height }: native.FrameInfo): number {
  return width * height * 4;
}

/** {@link FrameCache.inspect}, by path; an error names the video as well. */
export async function inspectFrames(
  cache: FrameCache,
  frames: ReadonlyArray<Pick<StepFrame, "framePath"> & Partial<StepFrame>>,
): Promise<Map<string, native.FrameInfo>> {
  try {
    const paths = frames.map(({ framePath }) => framePath);
    const infos = await cache.inspect(paths);
    return new Map(infos.map((info, n) => [paths[n] ?? "", info]));
  } catch (error) {
    const path = (error as { path?: unknown }).path;
    throw FrameError.from(error, frames.find(({ framePath }) => framePath === path)?.videoId);
  }
}
