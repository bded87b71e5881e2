import type { TransportName } from "../frame.js";
import { warnOnceARun } from "../warn.js";

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
