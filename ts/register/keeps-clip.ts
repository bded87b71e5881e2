import { warnOnceARun } from "../warn.js";

const VARIABLE = "HYPERFRAMES_NATIVE_CLIP";

/** Whether upstream's screenshots keep their clip: `HYPERFRAMES_NATIVE_CLIP=keep`. */
export function keepsClip(): boolean {
  return value() === "keep";
}

/** Tells of a value that means nothing. */
export function tellUnknownClip(): void {
  if (["", "keep"].includes(value())) return;
  warnOnceARun(
    `env:${VARIABLE}`,
    `${VARIABLE}=${value()} is not known; use "keep", or unset it.`,
    "INVALID_OPTION",
  );
}

function value(): string {
  return process.env[VARIABLE]?.trim().toLowerCase() ?? "";
}
