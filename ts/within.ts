import { HyperframesNativeError } from "./errors.js";

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
