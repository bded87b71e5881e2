import { cautions } from "../../cautions.js";
import { type MeasuredRow, measured, rowOf } from "../../measures.js";
import { count, quantity, ratioText } from "../../quantity.js";
import type { BenchResult } from "../../result.js";
import { type Verdict, verdict } from "../../verdict.js";
import { percent } from "../bars.js";
import { type Html, html } from "../html.js";

/** Ratios this near to one are no difference. */
const SAME = 0.05;

const SIGNS: Readonly<Record<Verdict["kind"], string>> = {
  identical: "✓",
  different: "✗",
  unknown: "?",
  unswapped: "✗",
};

/** What was found, in plain words: the gains, whether the videos are the same, what to take with care. */
export function headline(result: BenchResult): Html {
  const rows = measured(result);
  const found = verdict(result);
  const care = cautions(result);
  const frame = rowOf(rows, "capturedFrame");
  const unproven = found.kind !== "identical";
  const told = html`<p class="lede">${gains(frame, rowOf(rows, "hookMean"))}</p>`;
  // What was not proven to be the same goes before any gain.
  return html`<header${unproven ? html` class="unproven"` : null}>
<p class="origin"><span>${result.project}</span> <span>${day(result.startedAt)}</span></p>
<h1>${statement(frame, rowOf(rows, "hookMean"), found)}</h1>
${unproven ? [sameness(found), told] : [told, sameness(found)]}
<div class="tiles">
${tile("Captured frame", frame, "as fast", "as slow")}
${tile("Hook", rowOf(rows, "hookMean"), "as fast", "as slow")}
${tile("Whole render", rowOf(rows, "wall"), "as fast", "as slow")}
${tile("Peak memory", rowOf(rows, "peakRss"), "less", "more")}
</div>
<p class="soft">Rendered with HyperFrames ${result.machine.renderer.version} without the drop-in (stock) and with hyperframes-native
${result.version} (native), ${
    result.pairs.length === 1
      ? "one pair of renders"
      : `${count(result.pairs.length, "pair")} of renders; the numbers are medians`
  }. Memory is that of the Node process.</p>
${
  care.length === 0
    ? null
    : html`<div class="care"><strong>Take with care</strong><ul>${care.map((one) => html`<li>${one}</li>`)}</ul></div>`
}
</header>`;
}

function sameness({ kind, finding, meaning }: Verdict): Html {
  return html`<div class="verdict ${kind}"><span class="sign" aria-hidden="true">${SIGNS[kind]}</span>
<div><strong>${finding}</strong><p>${meaning}</p></div></div>`;
}

function statement(frame: MeasuredRow, hook: MeasuredRow, found: Verdict): Html {
  if (found.kind === "different") return html`The two videos are <em class="bad">not the same</em>`;
  if (found.kind === "unswapped") return html`The drop-in <em class="bad">did not run</em>`;
  const [ratio, subject] =
    frame.ratio === null
      ? [hook.ratio?.median ?? 1, "The hook is"]
      : [frame.ratio.median, "Frames are captured"];
  if (ratio > 1 + SAME) return html`${subject} <em>${ratioText(ratio)} times</em> as fast`;
  if (ratio < 1 - SAME) return html`${subject} <em>${ratioText(1 / ratio)} times</em> as slow`;
  return html`${subject} <em>as fast</em> as without`;
}

/** What the two numbers of the headline were. */
function gains(frame: MeasuredRow, hook: MeasuredRow): string {
  const told = [
    ...instead("A captured frame takes", frame),
    ...instead("The hook, the call that puts the videos' frames into the page, takes", hook),
  ];
  return told.join(" ");
}

function instead(subject: string, { measure, stock, native, ratio }: MeasuredRow): readonly string[] {
  if (stock === null || native === null) return [];
  const [now, before] = [native, stock].map(({ median }) => quantity(median, measure.unit));
  const times =
    ratio === null || ratio.median <= 1 + SAME ? "" : `: ${ratioText(ratio.median)} times as fast`;
  return [`${subject} ${now} instead of ${before}${times}.`];
}

function tile(
  title: string,
  { measure, stock, native, ratio }: MeasuredRow,
  better: string,
  worse: string,
): Html {
  if (stock === null || native === null) {
    return html`<section class="tile"><h2>${title}</h2><p class="figure soft">not given</p></section>`;
  }
  const full = Math.max(stock.median, native.median);
  const line = (
    mode: "stock" | "native",
    value: number,
  ) => html`<div class="bar"><span class="name">${mode}</span>
<span class="track"><span class="fill ${mode}" style="width:${percent(value, full)}"></span></span>
<span class="value">${quantity(value, measure.unit)}</span></div>`;
  return html`<section class="tile"><h2>${title}</h2>
<p class="figure">${figure(ratio?.median ?? null, better, worse)}</p>
${line("stock", stock.median)}
${line("native", native.median)}
</section>`;
}

function figure(ratio: number | null, better: string, worse: string): Html {
  if (ratio === null) return html`<b>–</b>`;
  if (ratio > 1 + SAME) return html`<b>${ratioText(ratio)}×</b> ${better}`;
  if (ratio < 1 - SAME) return html`<b class="worse">${ratioText(1 / ratio)}×</b> ${worse}`;
  return html`<b class="same">same</b>`;
}

function day(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
