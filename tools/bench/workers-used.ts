import type { BenchResult } from "./result.js";

/** How many pages were captured side by side: what was asked for, and for `auto` what the renders ended up with. */
export function workersUsed({ options, pairs }: BenchResult): string {
  if (options.workers !== "auto") return String(options.workers);
  const [stock, native] = (["stock", "native"] as const).map((mode) =>
    Array.from(new Set(pairs.map((pair) => pair[mode].workers))).join(", "),
  );
  return `auto (${stock === native ? stock : `stock ${stock}; native ${native}`})`;
}
