import { quantity, type Unit } from "../quantity.js";
import type { BenchPair, BenchRender } from "../result.js";
import { percent } from "./bars.js";
import { type Html, html } from "./html.js";

/** A part of something that stock and native took, under a name. */
export interface StackPart {
  readonly title: string;
  readonly stock: number;
  readonly native: number;
}

/** A part's mean over the pairs: of means the parts add up. */
export function meanPart(
  title: string,
  pairs: readonly BenchPair[],
  of: (render: BenchRender) => number,
): StackPart {
  const mean = (mode: "stock" | "native") =>
    pairs.reduce((sum, pair) => sum + of(pair[mode]), 0) / pairs.length;
  return { title, stock: mean("stock"), native: mean("native") };
}

/** A bar of parts for each of the two, and a table that is its legend. */
export function stacks(parts: readonly StackPart[], unit: Unit, whole: string): Html {
  const total = (mode: "stock" | "native") => parts.reduce((sum, part) => sum + part[mode], 0);
  const full = Math.max(total("stock"), total("native"));
  const stack = (mode: "stock" | "native") => html`<div class="bar"><span class="name">${mode}</span>
<span class="track">${parts.map(
    (part, n) =>
      html`<span class="fill part-${n}" style="width:${percent(part[mode], full)}" title="${part.title}: ${quantity(part[mode], unit)}"></span>`,
  )}</span><span class="value">${quantity(total(mode), unit)}</span></div>`;
  return html`<div class="stacks">${stack("stock")}${stack("native")}</div>
<table class="split"><thead><tr><th scope="col">Part</th><th scope="col">Stock</th><th scope="col">Native</th></tr></thead>
<tbody>${parts.map(({ title, stock, native }, n) => line(html`<span class="swatch part-${n}"></span>${title}`, stock, native, unit))}</tbody>
<tfoot>${line(whole, total("stock"), total("native"), unit)}</tfoot></table>`;
}

/** A row of such a table. */
export function line(title: Html | string, stock: number, native: number, unit: Unit): Html {
  return html`<tr><th scope="row">${title}</th><td>${quantity(stock, unit)}</td><td>${quantity(native, unit)}</td></tr>`;
}
