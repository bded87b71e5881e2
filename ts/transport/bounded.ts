import { HyperframesNativeError } from "../errors.js";

/**
 * Waits for `work`, but no longer than `ms` milliseconds; what it does after that no longer matters.
 * @throws {HyperframesNativeError} `TRANSPORT_UNUSABLE` when the time is up.
 */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new HyperframesNativeError("TRANSPORT_UNUSABLE", `no answer within ${ms / 1000} s`));
    }, ms);
  });
  work.catch(() => undefined); // it may fail after the limit, when nobody listens any more
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
