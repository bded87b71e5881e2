import { warnOnceARun } from "./warn.js";

/** Variables that leave one thing as upstream has it, and nothing else: `<variable>=keep`. */
export const KEEP_SWITCHES = ["HYPERFRAMES_NATIVE_CLIP", "HYPERFRAMES_NATIVE_MEDIA"] as const;

export type KeepSwitch = (typeof KEEP_SWITCHES)[number];

/** Whether the variable says `keep`. */
export function keeps(variable: KeepSwitch): boolean {
  return value(variable) === "keep";
}

/** Tells of values that mean nothing. */
export function tellUnknownKeeps(): void {
  for (const variable of KEEP_SWITCHES) {
    if (["", "keep"].includes(value(variable))) continue;
    warnOnceARun(
      `env:${variable}`,
      `${variable}=${value(variable)} is not known; use "keep", or unset it.`,
      "INVALID_OPTION",
    );
  }
}

function value(variable: KeepSwitch): string {
  return process.env[variable]?.trim().toLowerCase() ?? "";
}
