// Which ways of handing frames to Chrome the render tests go through.

/** A value of `HYPERFRAMES_NATIVE_TRANSPORT`. */
export type Transport = "file" | "served" | "inline" | "auto";

/** Every one there is. */
export const TRANSPORTS: readonly Transport[] = ["file", "served", "inline", "auto"];

/** For scenes in which only the kind of URL matters: a blob and a data URI. */
export const URL_KINDS: readonly Transport[] = ["file", "inline"];
