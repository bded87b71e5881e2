import { isFirstInRun, wrongVariables } from "./settings.js";

/** Type of every process warning of this package; filter with `node --disable-warning=HyperframesNativeWarning`. */
export const WARNING_TYPE = "HyperframesNativeWarning";

const given = new Set<string>();

/** Warns once a process for each `key`. */
export function warnOnce(key: string, message: string, code: string): void {
  if (given.has(key)) return;
  given.add(key);
  process.emitWarning(message, { type: WARNING_TYPE, code });
}

/** Warns once a run: what is wrong with the environment is wrong in every process that is started with it. */
export function warnOncePerRun(key: string, message: string, code: string): void {
  if (!given.has(key) && isFirstInRun(key)) warnOnce(key, message, code);
}

export function warnOfWrongVariables(): void {
  for (const { name, found, advice } of wrongVariables())
    warnOncePerRun(`env:${name}`, `${found} ${advice}`, "INVALID_OPTION");
}
