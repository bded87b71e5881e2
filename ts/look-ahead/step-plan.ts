import type { FrameLookup } from "../lookup/frame-lookup.js";
import type { StepFrame } from "../lookup/shown-frames.js";

/** A step to come, with the frames that change in it. */
export interface PlannedStep {
  readonly time: number;
  readonly frames: readonly StepFrame[];
  /** The frame each active video shows after it. */
  readonly indexByVideo: ReadonlyMap<string, number>;
}

/**
 * Asks the table for the times ahead. Its answer depends on the time alone, so asking ahead changes nothing; it keeps
 * a cursor, so the times are asked in order.
 */
export class StepPlan {
  readonly #lookup: FrameLookup;
  #indexByVideo: ReadonlyMap<string, number> = new Map();

  constructor(lookup: FrameLookup) {
    this.#lookup = lookup;
  }

  /** Goes on from a step at which the videos show these frames. */
  startFrom(indexByVideo: ReadonlyMap<string, number>): void {
    this.#indexByVideo = indexByVideo;
  }

  /** The step at `time`, after the one that was planned before. */
  plan(time: number): PlannedStep {
    const indexByVideo = new Map<string, number>();
    const frames: StepFrame[] = [];
    for (const [videoId, { framePath, frameIndex }] of this.#lookup.getActiveFramePayloads(time)) {
      indexByVideo.set(videoId, frameIndex);
      if (this.#indexByVideo.get(videoId) !== frameIndex) frames.push({ videoId, framePath, frameIndex });
    }
    this.#indexByVideo = indexByVideo;
    return { time, frames, indexByVideo };
  }
}
