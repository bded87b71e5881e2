/**
 * Where all that renders takes the native side from. Only `doctor` asks the generated loader itself (`cli/doctor/binary.ts`): it wants the
 * reason for each file that was tried.
 */
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
 * Makes a call of the native side that only counts, compares or cleans up, where one that fails must neither fail the work it came after nor end the
 * process from a listener. `undefined` for one that failed; the first is told.
 */
export function contained<T>(name: string, call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    tell(name, error);
    return undefined;
  }
}

/** {@link contained} for a call that is waited for. */
export async function containedAsync<T>(name: string, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    tell(name, error);
    return undefined;
  }
}

function tell(name: string, error: unknown): void {
  const message = `The native side failed in ${name}, which frames do not depend on: ${error}. They go on as before.`;
  warnOnce("native:contained", message, "INTERNAL");
}
