import { FrameError, warnOnce } from "../errors.js";
import type { StepFrame } from "../frame.js";
import type { FrameCache } from "../native/binding.js";

const MIB = 1024 * 1024;

/**
 * Longest data URI. Chrome closes the connection on a CDP message of over 100 MiB (99 MiB passed, 101 MiB failed with Chromium 156),
 * which ends the render; some room is for the JSON around.
 */
const DATA_URI_LIMIT_BYTES = 96 * MIB;

/**
 * The frames of a step as data URIs, by path: read and encoded by the native cache off the main thread, side by side.
 * @throws {FrameError} when a frame cannot be read, or is too large for one message.
 */
export async function dataUris(
  cache: FrameCache,
  frames: readonly StepFrame[],
): Promise<Map<string, string>> {
  const uris = await Promise.all(frames.map((frame) => dataUri(cache, frame)));
  const bytes = uris.reduce((sum, uri) => sum + uri.length, 0);
  if (bytes > DATA_URI_LIMIT_BYTES) {
    const message =
      `The data URIs of one step take ${Math.round(bytes / MIB)} MiB. Versions of HyperFrames before CLI 0.8.150 send them in one message, and ` +
      "Chrome closes the connection on one of more than 100 MiB. Let the frames go as files " +
      "(unset HYPERFRAMES_NATIVE_TRANSPORT), or extract them as jpg.";
    warnOnce("inline:message", message, "FRAME_TOO_LARGE");
  }
  return new Map(frames.map(({ framePath }, n) => [framePath, uris[n] ?? ""]));
}

async function dataUri(cache: FrameCache, { framePath, videoId }: StepFrame): Promise<string> {
  try {
    const uri = await cache.get(framePath);
    if (uri.length <= DATA_URI_LIMIT_BYTES) return uri;
    throw new FrameError(
      "FRAME_TOO_LARGE",
      `The data URI of ${framePath} has ${uri.length} bytes; Chrome's debugging protocol takes ${DATA_URI_LIMIT_BYTES} in one message.`,
      { path: framePath, advice: "Extract the frames as jpg (videoFrameFormat) or at a smaller size." },
    );
  } catch (error) {
    throw FrameError.from(error, videoId);
  }
}
