import { setImmediate } from "node:timers/promises";
import { WARNING_TYPE } from "../../warn.js";

/** A process warning of this package. */
export interface OwnWarning {
  readonly code: string | undefined;
  readonly message: string;
}

/**
 * Does `work`, and gives this package's process warnings back instead of having Node print them; other warnings are
 * printed as ever. So what a render would warn of can be told as a finding.
 */
export async function withOwnWarnings<T>(
  work: () => Promise<T>,
): Promise<{ value: T; warnings: readonly OwnWarning[] }> {
  const warnings: OwnWarning[] = [];
  const others = process.listeners("warning");
  const listen = (warning: Error & { code?: string }) => {
    if (warning.name === WARNING_TYPE) warnings.push({ code: warning.code, message: warning.message });
    else for (const other of others) other.call(process, warning);
  };
  // Node prints warnings by a listener of its own.
  process.removeAllListeners("warning");
  process.on("warning", listen);
  try {
    const value = await work();
    await setImmediate(); // warnings are emitted on the next tick
    return { value, warnings };
  } finally {
    process.off("warning", listen);
    for (const other of others) process.on("warning", other);
  }
}
