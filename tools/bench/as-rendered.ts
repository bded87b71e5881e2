/** How the renders of a result were made: what was asked for, and for `auto` what they ended up with. */
import type { BenchRender, BenchResult } from "./result.js";

/** The two renders of a pair. */
export const MODES = ["stock", "native"] as const;

/** How pages were captured. */
export function captureMode({ options, pairs }: BenchResult): string {
  const found = told(pairs, ({ capture }) => capture ?? "not known");
  return found === options.capture ? found : `${options.capture} (${found})`;
}

/** How many pages were captured side by side. */
export function workersUsed({ options, pairs }: BenchResult): string {
  if (options.workers !== "auto") return String(options.workers);
  return `auto (${told(pairs, ({ workers }) => String(workers))})`;
}

/** What the renders say, once where stock and native say the same. */
function told(pairs: BenchResult["pairs"], of: (render: BenchRender) => string): string {
  const [stock = "", native = ""] = MODES.map((mode) =>
    Array.from(new Set(pairs.map((pair) => of(pair[mode])))).join(", "),
  );
  return stock === native ? stock : `stock ${stock}; native ${native}`;
}
