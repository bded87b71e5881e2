import { HyperframesNativeError } from "../errors.js";
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
  /** Most that is made ahead of its step. */
  readonly window: AheadWindow;
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

/** Bounds of the frames that are made ahead and not shown yet. */
export interface AheadWindow {
  readonly frames: number;
  /** Bytes of the frame files. */
  readonly bytes: number;
}

/** An answer that did not come in time. */
export class LateError extends HyperframesNativeError {
  constructor(ms: number) {
    super("TRANSPORT_UNUSABLE", `no answer within ${ms / 1000} s`);
  }
}

/**
 * Waits for `work`, but no longer than `ms` milliseconds. A value that comes later goes to `late`; a later failure does not matter.
 * @throws {LateError} when the time is up.
 */
export async function within<T>(ms: number, work: Promise<T>, late: (value: T) => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      work.then(late).catch(() => undefined);
      reject(new LateError(ms));
    }, ms);
  });
  work.catch(() => undefined); // it may fail after the limit, when nobody listens any more
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
