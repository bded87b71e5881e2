import type { FrameCache } from "../cache/frame-cache.js";
import { FrameError } from "../errors.js";
import type { StepFrame } from "../lookup/shown-frames.js";
import { assertFitsOneMessage } from "./message-limit.js";
import type { FrameSource, FrameTransport, PageTransport } from "./transport.js";

/** The frame as a data URI, read and encoded by the native cache off the main thread. Works everywhere. */
export class InlineTransport implements FrameTransport, PageTransport {
  readonly name = "inline";
  readonly window = null;
  readonly #cache: FrameCache;

  constructor(cache: FrameCache) {
    this.#cache = cache;
  }

  /** A data URI is the same for all pages. */
  async open(): Promise<PageTransport> {
    return this;
  }

  async sources(frames: readonly StepFrame[]): Promise<FrameSource[]> {
    // All reads start before any is waited for: the native side works on them side by side.
    return Promise.all(frames.map((frame) => this.#source(frame)));
  }

  /** Holds nothing for a page. */
  close(): void {}

  async #source(frame: StepFrame): Promise<FrameSource> {
    try {
      const src = await this.#cache.get(frame.framePath);
      assertFitsOneMessage(src, frame.framePath);
      return { frame, src, bytes: src.length, kind: this.name };
    } catch (error) {
      throw FrameError.from(error, frame.videoId);
    }
  }
}
