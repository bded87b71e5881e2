import type { BenchResult } from "../../result.js";
import { bars } from "../bars.js";
import { type Html, html } from "../html.js";

/** What went through the debugging connection. */
export function protocol(result: BenchResult): Html {
  return html`<section class="card"><h2>Through the debugging protocol</h2>
<p class="soft">Bytes in one render. Stock sends each video frame as text; screenshots come back either way.</p>
${bars(result, { "Sent to Chrome": "sent", "Received from Chrome": "received" })}</section>`;
}
