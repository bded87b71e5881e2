import { cautions } from "../../cautions.js";
import { MEASURE_GROUPS } from "../../measures.js";
import type { BenchResult } from "../../result.js";
import { type Html, html } from "../html.js";

/** What the numbers are, and what they are not. */
export function reading(result: BenchResult): Html {
  const care = cautions(result);
  return html`<section class="card"><h2>How to read it</h2>
<ul>
<li><b>A pair</b> is one render without the drop-in (stock) and one with it (native), right after one another. The ratio
within a pair is the number to trust: what slows the machine slows both.</li>
<li><b>Faster or slower</b>: every pair is on that side, and the one in the middle by 5 % or more. <b>No difference</b>: the one in the middle is
within 5 %, and the ratios lie no further apart than 1.2. Anything else cannot be told, and neither can a difference of less than a quarter
on a busy machine or of one pair.</li>
<li><b>Other work</b> is the share of the processors that something else took for a second before the pair; from 25 % on the machine is busy.</li>
<li><b>Percentile</b>: of 100 calls, 99 were faster than the 99th percentile.</li>
<li><b>MB</b> are millions of bytes.</li>
${severalWorkers(result) ? html`<li><b>Workers</b>: several pages are captured at once, so the times of frames overlap and add up to more than the whole render.</li>` : null}
${care.map((one) => html`<li><b>Care:</b> ${one}</li>`)}
</ul>
<table role="table" class="meanings"><thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Number</th>
<th role="columnheader" scope="col">In it</th><th role="columnheader" scope="col">Not in it</th></tr></thead>
<tbody role="rowgroup">${MEASURE_GROUPS.map(
    ({ title, within, without }) => html`<tr role="row"><th role="rowheader" scope="row">${title}</th>
<td role="cell" data-heading="In it">${within}</td><td role="cell" data-heading="Not in it">${without}</td></tr>`,
  )}</tbody></table></section>`;
}

function severalWorkers({ pairs }: BenchResult): boolean {
  return pairs.some(({ stock, native }) => stock.workers > 1 || native.workers > 1);
}
