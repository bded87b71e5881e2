import { measured, rowOf } from "../../measures.js";
import type { BenchResult } from "../../result.js";
import { bars } from "../bars.js";
import { type Html, html } from "../html.js";

const BARS = [
  ["Median", "loopP50"],
  ["99th percentile", "loopP99"],
  ["Longest", "loopMax"],
] as const;

/** How late Node's event loop was. */
export function eventLoop(result: BenchResult): Html {
  const rows = measured(result);
  const pairs = BARS.map(([title, key]) => {
    const { stock, native } = rowOf(rows, key);
    return { title, stock: stock?.middle ?? null, native: native?.middle ?? null };
  });
  return html`<section class="card"><h2>Event-loop delay</h2>
<p class="soft">How late Node was for its next task while frames were captured. Every bar pair has its own scale.</p>
${bars(pairs, "ms")}</section>`;
}
