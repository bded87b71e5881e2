import { statSync } from "node:fs";
import { type FrameInfo, pictureBytes } from "../cache/frame-info.js";
import type { FrameSource } from "../transport/transport.js";

/** A frame whose source was made before its step. */
export interface PreparedFrame {
  readonly source: FrameSource;
  readonly info: FrameInfo;
  /** Whether the page was asked to decode it ahead. */
  decoding: boolean;
}

/**
 * Whether the file is still the one that was prepared. Upstream reads a frame in its step, so one that is gone by then
 * must be an error, even if Chrome had it decoded already.
 * @throws what Node's `stat` throws.
 */
export function isStillCurrent({ source, info }: PreparedFrame): boolean {
  const { size, mtimeMs, ctimeMs } = statSync(source.frame.framePath);
  return (
    size === info.size &&
    isSameTime(mtimeMs, info.mtimeMs) &&
    // Other bytes may come with the size and the time of the old ones (an archiver, `cp --preserve`).
    (info.ctimeMs === 0 || isSameTime(ctimeMs, info.ctimeMs))
  );
}

function isSameTime(a: number, b: number): boolean {
  return Math.abs(a - b) < 0.001;
}

/** Bytes its decoded picture takes. */
export function decodedBytes({ info }: PreparedFrame): number {
  return pictureBytes(info);
}
