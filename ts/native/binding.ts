/** Where all that renders takes the native side from. */
import "./assert-loads.js";
import { warnOnce } from "../warn.js";

export {
  FrameCache,
  type FrameCacheOptions,
  type FrameCacheStats,
  type FrameInfo,
  FrameServer,
} from "../../index.js";

/**
 * Makes a call of the native side that only counts or cleans up: where it fails it must neither fail the work that it came after nor end
 * the process from a listener. `undefined` for one that failed.
 */
export function attempt<T>(name: string, call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    warnOfNativeFailure(name, error);
    return undefined;
  }
}

export function warnOfNativeFailure(name: string, error: unknown): void {
  const message = `The native side failed in ${name}, which frames do not depend on: ${error}. They go on as before.`;
  warnOnce("native:contained", message, "INTERNAL");
}
