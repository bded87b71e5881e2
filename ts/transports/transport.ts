import { HyperframesNativeError } from "../errors.js";
import type { TransportName } from "../frame.js";
import type { CapturePage } from "../page/page.js";
import { warnOnceARun } from "../warn.js";

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

/** What was waited for took too long. */
export class LateError extends HyperframesNativeError {
  constructor(ms: number) {
    super("TRANSPORT_UNUSABLE", `no answer within ${ms / 1000} s`);
  }
}

/**
 * Waits for `work`, but no longer than `ms` milliseconds. What comes of it after that goes to `late`; a failure then no
 * longer matters.
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

/** What a user can ask for. */
export type TransportChoice = "auto" | TransportName;

/** All of them. */
export const TRANSPORT_CHOICES: readonly TransportChoice[] = ["auto", "file", "served", "inline"];

/** What `HYPERFRAMES_NATIVE_TRANSPORT` asks for. Any other value is told, and means `auto`. */
export function transportFromEnvironment(): TransportChoice {
  const value = process.env.HYPERFRAMES_NATIVE_TRANSPORT?.trim().toLowerCase() || "auto";
  const known = TRANSPORT_CHOICES.find((choice) => choice === value);
  if (known !== undefined) return known;
  const message = `HYPERFRAMES_NATIVE_TRANSPORT=${value} is not known; use ${TRANSPORT_CHOICES.join(", ")}. "auto" is used.`;
  warnOnceARun("env:HYPERFRAMES_NATIVE_TRANSPORT", message, "INVALID_OPTION");
  return "auto";
}
