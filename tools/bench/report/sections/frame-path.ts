import type { BenchRender, BenchResult } from "../../result.js";
import { type Html, html } from "../html.js";

/** How frames reached the page: what was chosen and why, and what went another way. */
export function framePath({ pairs }: BenchResult): Html {
  const renders = pairs.map(({ native }) => native);
  const choices = tally(renders.map(({ choices }) => new Map(choices.map((choice) => [choice, 1]))));
  const fallbacks = tally(
    renders.map(({ fallbacks }) => new Map(fallbacks.map(({ reason, count }) => [reason, count]))),
  );
  return html`<section class="card"><h2>How frames reached the page</h2>
<p class="soft">Stock frames all go upstream's own way: as text through the debugging protocol. By itself (auto) native tries a
file, the loopback server and inline text, in this order, and takes the first that the page shows; small frames go inline.
What follows a choice is why those before it were not taken.</p>
<table class="paths"><thead><tr><th scope="col">Pair</th><th scope="col">Frames of the native render</th></tr></thead>
<tbody>${renders.map((render, n) => html`<tr><th scope="row">${n + 1}</th><td>${frames(render)}</td></tr>`)}</tbody></table>
<h3>What was chosen, and why</h3>
${list(choices, pairs.length, "No choice was recorded.")}
<h3>Fallbacks</h3>
${list(fallbacks, pairs.length, "None were recorded.")}</section>`;
}

function frames({ framesBy }: BenchRender): string {
  const counts = Object.entries(framesBy).filter(([, frames]) => frames > 0);
  if (counts.length === 0) return "not counted";
  return counts.map(([way, frames]) => `${frames.toLocaleString("en-US")} ${way}`).join(", ");
}

interface Told {
  readonly text: string;
  /** In how many renders. */
  renders: number;
  times: number;
}

/** Equal texts of several renders, once. */
function tally(renders: ReadonlyArray<ReadonlyMap<string, number>>): readonly Told[] {
  const told = new Map<string, Told>();
  for (const [text, times] of renders.flatMap((render) => [...render])) {
    const one = told.get(text) ?? { text, renders: 0, times: 0 };
    told.set(text, one);
    one.renders++;
    one.times += times;
  }
  return [...told.values()];
}

function list(told: readonly Told[], pairs: number, none: string): Html {
  if (told.length === 0) return html`<p>${none}</p>`;
  return html`<ul>${told.map(({ text, renders, times }) => {
    const often = times > renders ? html` <span class="soft">(${times} times)</span>` : null;
    const where =
      renders < pairs ? html` <span class="soft">(in ${renders} of ${pairs} native renders)</span>` : null;
    return html`<li>${text}${often}${where}</li>`;
  })}</ul>`;
}
