import { setImmediate } from "node:timers/promises";
import { WARNING_TYPE } from "../../../ts/warn.js";

/** Does `work` without Node printing this package's process warnings; other warnings are printed as ever. */
export async function withoutOwnWarnings<T>(work: () => Promise<T>): Promise<T> {
  const others = process.listeners("warning");
  const listen = (warning: Error) => {
    if (warning.name !== WARNING_TYPE) for (const other of others) other.call(process, warning);
  };
  // Node prints warnings by a listener of its own.
  process.removeAllListeners("warning");
  process.on("warning", listen);
  try {
    const value = await work();
    await setImmediate(); // warnings are emitted on the next tick
    return value;
  } finally {
    process.off("warning", listen);
    for (const other of others) process.on("warning", other);
  }
}
