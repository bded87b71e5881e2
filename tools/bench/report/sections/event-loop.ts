import type { BenchResult } from "../../result.js";
import { bars } from "../bars.js";
import { type Html, html } from "../html.js";

/** How late Node's event loop was. */
export function eventLoop(result: BenchResult): Html {
  return html`<section class="card"><h2>Event-loop delay</h2>
<p class="soft">How late Node was for its next task while frames were captured. Every bar pair has its own scale.</p>
${bars(result, { Median: "loopP50", "99th percentile": "loopP99", Longest: "loopMax" })}</section>`;
}
