import type { Plot, Plots } from "./curves.js";
import { type Html, html } from "./html.js";

/** A place for one plot, with everything about it that is text. */
export interface PlotFigure {
  readonly id: Exclude<keyof Plots, "numberFormat">;
  readonly plot: Plot;
  /** What it is, to one who cannot see it. */
  readonly alt: string;
  readonly yTitle: string;
  readonly xTitle: string;
  /** Whether one can choose between a linear and a logarithmic axis. */
  readonly scaleSwitch: boolean;
}

export function plotFigure({ id, plot, alt, yTitle, xTitle, scaleSwitch }: PlotFigure): Html {
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
