import type { BenchResult } from "../../result.js";
import type { Plot } from "../curves.js";
import { type Html, html } from "../html.js";
import { plotFigure } from "../plot-figure.js";

/** Memory of the Node process while the render goes on. */
export function memory({ pairs }: BenchResult, plot: Plot): Html {
  return html`<section class="card"><h2>Memory over time</h2>
<p class="soft">The Node process alone, from its start to the end of the render. The peak in the table counts from the start of the
capture on, shortly before 0 s.${
    pairs.length === 1 ? null : " One line for each pair; the strong one has the peak in the middle."
  }</p>
${plotFigure({
  id: "memory",
  plot,
  alt: "Memory of the Node process over time, stock and native; the table of numbers has the peaks.",
  yTitle: "Memory (RSS), MB",
  xTitle: "Time since the first call of the hook, s",
  scaleSwitch: false,
})}</section>`;
}
