import { measured, rowOf } from "../../measures.js";
import type { BenchResult } from "../../result.js";
import { bars } from "../bars.js";
import { type Html, html } from "../html.js";

/** What went through the debugging connection. */
export function protocol(result: BenchResult): Html {
  const rows = measured(result);
  const pair = (title: string, key: "sent" | "received") => {
    const { stock, native } = rowOf(rows, key);
    return { title, stock: stock?.middle ?? null, native: native?.middle ?? null };
  };
  return html`<section class="card"><h2>Through the debugging protocol</h2>
<p class="soft">Bytes in one render. Stock sends each video frame as text; screenshots come back either way.</p>
${bars([pair("Sent to Chrome", "sent"), pair("Received from Chrome", "received")], "bytes")}</section>`;
}
