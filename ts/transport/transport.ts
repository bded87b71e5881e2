import type { StepFrame } from "../lookup/shown-frames.js";
import type { CapturePage } from "../page/page.js";

/** Names of the transports, as they appear in statistics. */
export type TransportName = "file" | "served" | "inline";

/** Where a source comes from: a transport, or the user's `frameSrcResolver`. */
export type SourceKind = TransportName | "resolver";

/** A frame with the `src` that its `<img>` takes. */
export interface FrameSource {
  readonly frame: StepFrame;
  /** A blob URL, a data URI, or the untouched result of the user's `frameSrcResolver`. */
  readonly src: string;
  /** Bytes handed over: of the file for a blob, of the text otherwise. */
  readonly bytes: number;
  readonly kind: SourceKind;
}

/** One way of handing frames to pages. */
export interface FrameTransport {
  readonly name: TransportName;
  /**
   * Opens the transport for one page; changes nothing that a capture could see.
   * @throws when this page cannot be served this way.
   */
  open(page: CapturePage): Promise<PageTransport>;
}

/** A transport that is open for one page. */
export interface PageTransport {
  readonly name: TransportName;
  /** How far ahead of their step sources may be made; `null` where a source is made in its step only. */
  readonly window: SourceWindow | null;
  /**
   * Makes the sources of some frames, all or none, in their order.
   * @throws {FrameError} when a frame cannot be read; the page is then as it was.
   */
  sources(frames: readonly StepFrame[]): Promise<FrameSource[]>;
  /** Gives back what it holds besides the sources it made: those stay. It is not asked for sources any more. */
  close(): void;
}

/** Bounds of what is made ahead and not shown yet. */
export interface SourceWindow {
  readonly frames: number;
  /** Bytes of the frame files. */
  readonly bytes: number;
}
