/** The frame a video shows at some time. Source: `FrameLookupTable.getActiveFramePayloads` of `@hyperframes/engine`. */
export interface FramePayload {
  /** Path of the extracted frame, `frame_%05d.jpg` or `.png`, usually through one symlink per video. */
  readonly framePath: string;
  /** Index of the frame in its source; equal indices of one video are the same picture. */
  readonly frameIndex: number;
}

/** The frame of one video in one step. */
export interface StepFrame extends FramePayload {
  readonly videoId: string;
}

/** Upstream's lookup table, by shape. Its answer depends on the time alone. */
export interface FrameLookup {
  /** The frame of each video that is active at `time` (seconds), by video id. */
  getActiveFramePayloads(time: number): Map<string, FramePayload>;
}

/**
 * The frames that a step at `time` (seconds) will ask for, as far as it can be told. With `heldTime`, videos active at both times
 * show the frame of the held time (upstream's motion blur, from CLI 0.8.150 on). Used to prepare frames only: a wrong guess costs time,
 * never a picture.
 */
export function dueFrames(lookup: FrameLookup, time: number, heldTime: number | undefined): StepFrame[] {
  const active = lookup.getActiveFramePayloads(time);
  const held = heldTime === undefined ? undefined : lookup.getActiveFramePayloads(heldTime);
  return Array.from(active, ([videoId, payload]) => {
    const { framePath, frameIndex } = held?.get(videoId) ?? payload;
    return { videoId, framePath, frameIndex };
  });
}

/** How frames reach a page, as it appears in statistics. */
export type TransportName = "file" | "served" | "inline";

/** How a user can ask for frames to travel. */
export type TransportChoice = "auto" | TransportName;

export const TRANSPORT_CHOICES: readonly TransportChoice[] = ["auto", "file", "served", "inline"];

/** Where the source of a frame comes from: a transport, the user's `frameSrcResolver`, or upstream, which read the file itself. */
export type SourceKind = TransportName | "resolver" | "upstream";
