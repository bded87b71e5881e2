import type { StepFrame } from "../lookup/shown-frames.js";

/** Names of the transports, as they appear in statistics. */
export type TransportName = "inline";

/** A frame with the `src` that its `<img>` takes. */
export interface FrameSource {
  readonly frame: StepFrame;
  /** A data URI, or the untouched result of the user's `frameSrcResolver`. */
  readonly src: string;
}

/** One way of handing the frames of a step to a page. */
export interface FrameTransport {
  readonly name: TransportName;
  /**
   * Reads the frames of one step and makes their sources, all or none. Touches nothing the capture could see.
   * @throws {FrameError} when a frame cannot be read; the page is then as it was.
   */
  sources(frames: readonly StepFrame[]): Promise<FrameSource[]>;
}
