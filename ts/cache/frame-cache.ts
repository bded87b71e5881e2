import { contained } from "../binding/contained.js";
import { FrameCache as NativeFrameCache, type FrameInfo as NativeFrameInfo } from "../binding/native.js";
import { FrameError } from "../errors.js";
import { warnOnce } from "../warn.js";

export type { FrameCacheOptions, FrameCacheStats } from "../binding/native.js";

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
    const warnings = contained("takeWarnings", () => this.takeWarnings()) ?? [];
    for (const { code, path, message, advice } of warnings) {
      // Once for each kind of doubt: a broken extraction would otherwise warn for every frame.
      warnOnce(
        `frame:${code}`,
        `${message} (${path}). Passed on as it is, as upstream does. ${advice}`,
        code,
      );
    }
  }
}
