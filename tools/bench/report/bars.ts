import { type MeasureKey, measured, rowOf } from "../measures.js";
import { quantity, type Unit } from "../quantity.js";
import type { BenchRender, BenchResult } from "../result.js";
import { type Html, html } from "./html.js";

/** Measures as pairs of bars, by the titles that they have here; each pair fills its own width, as one number of it may be thousands of times another's. */
export function bars(result: BenchResult, measures: Readonly<Record<string, MeasureKey>>): Html {
  const rows = measured(result);
  return html`<div class="bars">${Object.entries(measures).map(([title, key]) => {
    const { measure, stock, native } = rowOf(rows, key);
    const [one, other] = [stock?.middle ?? null, native?.middle ?? null];
    const full = Math.max(one ?? 0, other ?? 0);
    return html`
<section><h3>${title}</h3>
${bar("stock", one, full, measure.unit)}
${bar("native", other, full, measure.unit)}
</section>`;
  })}</div>`;
}

/** One of them; `full` is the value that fills the width. */
export function bar(mode: BenchRender["mode"], value: number | null, full: number, unit: Unit): Html {
  const written = value === null ? "not given" : quantity(value, unit);
  return html`<div class="bar"><span class="name">${mode}</span>
<span class="track"><span class="fill ${mode}" style="width:${percent(value ?? 0, full)}"></span></span>
<span class="value">${written}</span></div>`;
}

/** A part of a whole as CSS writes it. */
export function percent(part: number, whole: number): string {
  return whole === 0 ? "0%" : `${((100 * part) / whole).toFixed(2)}%`;
}
