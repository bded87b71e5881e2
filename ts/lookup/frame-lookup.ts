/** The frame a video shows at some time. Source: `FrameLookupTable.getActiveFramePayloads` of `@hyperframes/engine`. */
export interface FramePayload {
  /** Path of the extracted frame, `frame_%05d.jpg` or `.png`, usually through one symlink per video. */
  readonly framePath: string;
  /** Index of the frame in its source; equal indices of one video are the same picture. */
  readonly frameIndex: number;
}

/**
 * Upstream's lookup table, by shape. Its answer depends on the time alone, but it keeps a cursor that other hooks
 * share, so it is asked synchronously.
 */
export interface FrameLookup {
  /** The frame of each video that is active at `time` (seconds), by video id. */
  getActiveFramePayloads(time: number): Map<string, FramePayload>;
  /** The directories of all extracted frames; tables of CLI 0.8.150 and later have it. */
  frameDirs?(): string[];
}

/** Whether `value` is a table this package knows how to ask. */
export function isFrameLookup(value: unknown): value is FrameLookup {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as Partial<FrameLookup>).getActiveFramePayloads === "function"
  );
}

/**
 * The frames of all videos active at `time`. Where `heldVideoTime` is given, a video active at both times shows the
 * frame of the held time (upstream's motion blur, from CLI 0.8.150 on). The table's own map is left as it is.
 */
export function activeFrames(
  lookup: FrameLookup,
  time: number,
  heldVideoTime: number | undefined,
): Map<string, FramePayload> {
  const active = new Map(lookup.getActiveFramePayloads(time));
  if (heldVideoTime === undefined) return active;
  for (const [videoId, payload] of lookup.getActiveFramePayloads(heldVideoTime)) {
    if (active.has(videoId)) active.set(videoId, payload);
  }
  return active;
}
