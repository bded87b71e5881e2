// Which ways of handing frames to Chrome the render tests go through.

/** A value of `HYPERFRAMES_NATIVE_TRANSPORT`. */
export type Transport = "file" | "served" | "inline" | "auto";

/** Every one there is. */
export const TRANSPORTS: readonly Transport[] = ["file", "served", "inline", "auto"];

/** Whether each scene is rendered in every way, where some stand for others else: `HYPERFRAMES_NATIVE_TEST_WIDE=1`; readers, nested and motion blur take eleven minutes. */
export const WIDE = process.env.HYPERFRAMES_NATIVE_TEST_WIDE === "1";

const WORKERS = WIDE ? [1, 3] : [1];

/** Captures, with the workers that each scene is rendered by. */
export const VARIANTS = (["beginframe", "screenshot"] as const).flatMap((capture) =>
  WORKERS.map((workers) => [capture, workers] as const),
);

/** Those that differ in what the page has: a served frame is a blob URL there, as that of a file is, and `auto` chooses among them. */
export const DISTINCT_TRANSPORTS: readonly Transport[] = WIDE ? TRANSPORTS : ["file", "inline"];
