import type { BenchResult } from "../../result.js";
import type { Plot } from "../curves.js";
import { type Html, html } from "../html.js";
import { plotFigure } from "../plot-figure.js";

/** The curve of the hook's time, call by call. */
export function hookTimes({ pairs }: BenchResult, plot: Plot): Html {
  const about =
    pairs.length === 1
      ? "Each call of the hook."
      : "Each call of the hook: the line is the median over the pairs, the band goes from the smallest to the largest.";
  return html`<section class="card"><h2>Hook time per frame</h2>
<p class="soft">${about} The first call sets up what the later ones use.</p>
${plotFigure({
  id: "hook",
  plot,
  alt: "Hook time per frame, stock and native; the table of numbers has its median, percentiles and longest.",
  yTitle: "Hook time, ms",
  xTitle: "Frame (call of the hook)",
  scaleSwitch: true,
})}</section>`;
}
