import type { FramePayload } from "./frame-lookup.js";

/** A frame that has to reach the page in this step. */
export interface StepFrame extends FramePayload {
  readonly videoId: string;
}

/**
 * Which frame each video of one page shows. A frame counts as shown only once the page has confirmed it, so that a
 * video under a hidden host is tried again on the next call.
 */
export class ShownFrames {
  readonly #indexByVideo = new Map<string, number>();

  /** The frames of `active` that the page does not show yet, in the table's order. */
  changed(active: ReadonlyMap<string, FramePayload>): StepFrame[] {
    const frames: StepFrame[] = [];
    for (const [videoId, { framePath, frameIndex }] of active) {
      if (this.#indexByVideo.get(videoId) !== frameIndex) frames.push({ videoId, framePath, frameIndex });
    }
    return frames;
  }

  /** Forgets the videos that are no longer active: when they come back their frame is injected again. */
  forgetInactive(active: ReadonlyMap<string, FramePayload>): void {
    for (const videoId of this.#indexByVideo.keys()) {
      if (!active.has(videoId)) this.#indexByVideo.delete(videoId);
    }
  }

  /** Records frames whose videos the page really painted. */
  confirm(frames: readonly StepFrame[]): void {
    for (const { videoId, frameIndex } of frames) this.#indexByVideo.set(videoId, frameIndex);
  }

  /** The index of the frame each video shows. */
  get indexByVideo(): ReadonlyMap<string, number> {
    return this.#indexByVideo;
  }
}
