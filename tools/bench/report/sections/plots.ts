/** The plots of a report, with everything about them that is text; the page's own program draws the curves. */
import type { BenchResult } from "../../result.js";
import type { Plot, Plots } from "../curves.js";
import { type Html, html } from "../html.js";

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

/** A place for one plot, with everything about it that is text. */
interface PlotFigure {
  readonly id: Exclude<keyof Plots, "numberFormat">;
  readonly plot: Plot;
  /** What it is, to one who cannot see it. */
  readonly alt: string;
  readonly yTitle: string;
  readonly xTitle: string;
  /** Whether one can choose between a linear and a logarithmic axis. */
  readonly scaleSwitch: boolean;
}

function plotFigure({ id, plot, alt, yTitle, xTitle, scaleSwitch }: PlotFigure): Html {
  if (plot.curves.length === 0) return html`<p class="nothing">This result has no such series.</p>`;
  return html`<figure data-plot="${id}">
<div class="legend">${key("stock")}${key("native")}<span class="at"></span></div>
<div class="above"><span class="axis-title">${yTitle}</span>${scaleSwitch ? switches(id, plot.logarithmic) : null}</div>
<div class="plot" role="img" aria-label="${alt}"><noscript><p class="nothing">The curves need JavaScript; their numbers are in the table above.</p></noscript></div>
<p class="axis-title below">${xTitle}</p>
</figure>`;
}

/** Its sample is dashed for stock and not for native, as the lines are. */
function key(mode: "stock" | "native"): Html {
  return html`<span class="key"><svg class="${mode}" width="30" height="10" aria-hidden="true"><line x1="1" x2="29" y1="5" y2="5"/></svg>
<span class="name">${mode}</span> <output data-mode="${mode}"></output></span>`;
}

function switches(id: string, logarithmic: boolean): Html {
  const choice = (
    value: string,
    title: string,
    checked: boolean,
  ) => html`<label><input type="radio" name="${id}-axis"
value="${value}"${checked ? html` checked` : null}><span>${title}</span></label>`;
  return html`<span class="switch" role="group" aria-label="Axis of the hook time" hidden>${choice("linear", "linear", !logarithmic)}${choice("log", "logarithmic", logarithmic)}</span>`;
}
