import { FrameError } from "../errors.js";
import type { FrameSource } from "./transport.js";

const MIB = 1024 * 1024;

/**
 * Most bytes of sources in one call to the page. Chrome closes the connection on a CDP message of over 100 MiB
 * (99 MiB passed, 101 MiB failed with Chromium 156), which ends the render.
 */
export const MESSAGE_LIMIT_BYTES = 64 * MIB;

/** Longest single source: it cannot be split, so it may use what the connection takes, less room for the JSON around. */
export const SOURCE_LIMIT_BYTES = 96 * MIB;

/**
 * Splits the sources of one step, in order, into as few calls as keep each under {@link MESSAGE_LIMIT_BYTES}.
 * A source that is larger by itself goes alone.
 */
export function splitByMessage(
  sources: readonly FrameSource[],
  limit = MESSAGE_LIMIT_BYTES,
): FrameSource[][] {
  const calls: FrameSource[][] = [];
  let bytes = 0;
  for (const source of sources) {
    const current = calls.at(-1);
    // A data URI is ASCII and holds nothing JSON escapes: its length is its bytes.
    if (current !== undefined && bytes + source.src.length <= limit) {
      current.push(source);
      bytes += source.src.length;
    } else {
      calls.push([source]);
      bytes = source.src.length;
    }
  }
  return calls;
}

/** @throws {FrameError} `FRAME_TOO_LARGE` for a source that would close the browser's connection. */
export function assertFitsOneMessage(src: string, path: string): void {
  if (src.length <= SOURCE_LIMIT_BYTES) return;
  const advice = "Extract the frames as jpg (videoFrameFormat) or at a smaller size.";
  throw new FrameError(
    "FRAME_TOO_LARGE",
    `The data URI of ${path} has ${src.length} bytes; Chrome's debugging protocol takes ${SOURCE_LIMIT_BYTES} in one message.`,
    { path, advice },
  );
}
