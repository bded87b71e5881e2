import { type Around, type MeasuredRow, measured } from "../../measures.js";
import { quantity, range, ratioText, type Unit } from "../../quantity.js";
import type { BenchResult } from "../../result.js";
import { isCareful, judge } from "../../speed.js";
import { type Html, html } from "../html.js";

/** The table of all measures. On a phone each row becomes a block, hence the roles. */
export function numbers(result: BenchResult): Html {
  const several = result.pairs.length > 1;
  return html`<section class="card" id="numbers"><h2>Numbers</h2>
<p class="soft">${
    several
      ? "Each row is the pair in the middle, the one whose ratio is the median, with the smallest and the largest of all below it."
      : "One pair, so each number is one measurement."
  } Less is better in every row; a ratio above 1 is a gain.</p>
<table role="table" class="numbers ${several ? "several" : "single"}">
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Measure</th>
<th role="columnheader" scope="col">Stock</th><th role="columnheader" scope="col">Native</th>
<th role="columnheader" scope="col">Stock / native</th>
${several ? html`<th role="columnheader" scope="col">Each pair</th>` : null}</tr></thead>
<tbody role="rowgroup">${measured(result).map((row) => line(row, several, isCareful(result)))}</tbody>
</table></section>`;
}

function line(
  { measure, stock, native, ratio, ratios }: MeasuredRow,
  several: boolean,
  careful: boolean,
): Html {
  const each = ratios.map((one) => html` <span>${one === null ? "–" : ratioText(one)}</span>`);
  return html`<tr role="row"><th role="rowheader" scope="row">${measure.title}</th>
<td role="cell" data-heading="Stock">${value(stock, measure.unit)}</td>
<td role="cell" data-heading="Native">${value(native, measure.unit)}</td>
<td role="cell" data-heading="Stock / native">${gain(ratio, careful)}</td>
${several ? html`<td role="cell" data-heading="Each pair" class="each">${each}</td>` : null}</tr>`;
}

function gain(ratio: Around | null, careful: boolean): Html {
  if (ratio === null) return html`<b>–</b>`;
  return html`<b>${ratioText(ratio.middle)}</b>${judge(ratio, careful) === "slower" ? html`<small>worse</small>` : null}`;
}

function value(values: Around | null, unit: Unit): Html {
  if (values === null) return html`<b>–</b>`;
  const around = range(values, unit);
  return html`<b>${quantity(values.middle, unit)}</b>${around === null ? null : html`<small>${around}</small>`}`;
}
