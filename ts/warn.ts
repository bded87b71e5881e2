import { isFirstToTell } from "./process-run.js";

/** Type of every process warning of this package; filter with `node --disable-warning=HyperframesNativeWarning`. */
export const WARNING_TYPE = "HyperframesNativeWarning";

const given = new Set<string>();

/**
 * Warns once a process for each `key`. Goes through `process.emitWarning`, so it reaches stderr by default, can be
 * listened to (`process.on("warning")`) and silenced by Node's own flags.
 */
export function warnOnce(key: string, message: string, code: string): void {
  if (given.has(key)) return;
  given.add(key);
  process.emitWarning(message, { type: WARNING_TYPE, code });
}

/** The same once a run: what is wrong with the environment, or the runtime, is wrong in every process that is started with it. */
export function warnOnceARun(key: string, message: string, code: string): void {
  if (!given.has(key) && isFirstToTell(key)) warnOnce(key, message, code);
}
