/** What Node had to do in a render besides the frames: the debugging connection, and how late it was. */
import type { BenchResult } from "../../result.js";
import { bars } from "../bars.js";
import { type Html, html } from "../html.js";

/** What went through the debugging connection. */
export function protocol(result: BenchResult): Html {
  return html`<section class="card"><h2>Through the debugging protocol</h2>
<p class="soft">Bytes in one render. Stock sends each video frame as text; screenshots come back either way.</p>
${bars(result, { "Sent to Chrome": "sent", "Received from Chrome": "received" })}</section>`;
}

/** How late Node's event loop was. */
export function eventLoop(result: BenchResult): Html {
  return html`<section class="card"><h2>Event-loop delay</h2>
<p class="soft">How late Node was for its next task while frames were captured. Every bar pair has its own scale.</p>
${bars(result, { Median: "loopP50", "99th percentile": "loopP99", Longest: "loopMax" })}</section>`;
}
