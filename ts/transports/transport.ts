import type { CapturePage } from "../page/page.js";

/** One way of giving a page frames ahead of time: a blob URL stands for each file. */
export interface FrameTransport {
  readonly name: "file" | "served";
  /**
   * Opens the transport for one page; changes nothing that a capture could see.
   * @throws when this page cannot be served this way.
   */
  open(page: CapturePage): Promise<PageTransport>;
}

/** A transport that is open for one page. */
export interface PageTransport {
  readonly name: "file" | "served";
  /** How much is made ahead of its step. */
  readonly window: SourceWindow;
  /**
   * Makes blob URLs for files, all or none, in their order.
   * @throws {FrameError} when a file cannot be read; the page is then as it was.
   */
  make(paths: readonly string[]): Promise<MadeUrl[]>;
  /** Gives back what it holds besides the URLs it made: those stay. It is not asked for more. */
  close(): void;
}

/** A blob URL in the page, and the bytes that the page says are behind it. */
export interface MadeUrl {
  readonly url: string;
  readonly bytes: number;
}

/** Bounds of what is made ahead and not shown yet. */
export interface SourceWindow {
  readonly frames: number;
  /** Bytes of the frame files. */
  readonly bytes: number;
}
