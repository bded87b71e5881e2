// Which ways of handing frames to Chrome the render tests go through.

/** A value of `HYPERFRAMES_NATIVE_TRANSPORT`. */
export type Transport = "file" | "served" | "inline" | "auto";

/** Every one there is. */
export const TRANSPORTS: readonly Transport[] = ["file", "served", "inline", "auto"];

/** Those that are one way each: `auto` is a choice among them. */
export const SINGLE_TRANSPORTS: readonly Transport[] = TRANSPORTS.filter((name) => name !== "auto");
