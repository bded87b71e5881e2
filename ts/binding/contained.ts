import { warnOnce } from "../warn.js";

/**
 * Makes a call of the native side that only counts or cleans up, where one that fails must neither fail the work it came after nor end the
 * process from a listener. `undefined` for one that failed; the first is told.
 */
export function contained<T>(name: string, call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    const message = `The native side failed in ${name}, which only counts or cleans up: ${error}. Frames go on as before.`;
    warnOnce("native:contained", message, "INTERNAL");
    return undefined;
  }
}
