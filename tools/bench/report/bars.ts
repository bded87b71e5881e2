import { quantity, type Unit } from "../quantity.js";
import type { BenchRender } from "../result.js";
import { type Html, html } from "./html.js";

/** Stock and native side by side, under a name. */
export interface BarPair {
  readonly title: string;
  readonly stock: number | null;
  readonly native: number | null;
}

/** Pairs of bars; each pair fills its own width, as one number of it may be thousands of times another's. */
export function bars(pairs: readonly BarPair[], unit: Unit): Html {
  return html`<div class="bars">${pairs.map(
    ({ title, stock, native }) => html`
<section><h3>${title}</h3>
${bar("stock", stock, Math.max(stock ?? 0, native ?? 0), unit)}
${bar("native", native, Math.max(stock ?? 0, native ?? 0), unit)}
</section>`,
  )}</div>`;
}

function bar(mode: BenchRender["mode"], value: number | null, full: number, unit: Unit): Html {
  const written = value === null ? "not given" : quantity(value, unit);
  return html`<div class="bar"><span class="name">${mode}</span>
<span class="track"><span class="fill ${mode}" style="width:${percent(value ?? 0, full)}"></span></span>
<span class="value">${written}</span></div>`;
}

/** A part of a whole as CSS writes it. */
export function percent(part: number, whole: number): string {
  return whole === 0 ? "0%" : `${((100 * part) / whole).toFixed(2)}%`;
}
