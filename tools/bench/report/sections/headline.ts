import { cautions } from "../../cautions.js";
import { type Around, type MeasuredRow, measured, rowOf } from "../../measures.js";
import { count, quantity, ratioText } from "../../quantity.js";
import type { BenchResult } from "../../result.js";
import { isCareful, judge, type Speed, type SpeedKind, speed } from "../../speed.js";
import { type Verdict, verdict } from "../../verdict.js";
import { bar } from "../bars.js";
import { type Html, html } from "../html.js";

const SIGNS: Readonly<Record<Verdict["kind"], string>> = {
  identical: "✓",
  different: "✗",
  unknown: "?",
  unswapped: "✗",
};

/** What was found, in plain words: the answer for the whole render, whether the videos are the same, what to take with care. */
export function headline(result: BenchResult): Html {
  const rows = measured(result);
  const found = verdict(result);
  const care = cautions(result);
  const answer = speed(result);
  const careful = isCareful(result);
  const unproven = found.kind !== "identical";
  const details = gains(rowOf(rows, "capturedFrame"), rowOf(rows, "hookMean"));
  const told = html`<p class="lede">${withoutAnswer(answer.sentence)} ${details}</p>`;
  // What was not proven to be the same goes before any gain.
  return html`<header${unproven ? html` class="unproven"` : null}>
<p class="origin"><span>${result.project}</span> <span>${day(result.startedAt)}</span></p>
<h1>${statement(answer, found)}</h1>
${unproven ? [sameness(found), told] : [told, sameness(found)]}
<div class="tiles">
${tile("Whole render", rowOf(rows, "wall"), careful, ["as fast", "as long"])}
${tile("Captured frame", rowOf(rows, "capturedFrame"), careful, ["as fast", "as long"])}
${tile("Hook", rowOf(rows, "hookMean"), careful, ["as fast", "as long"])}
${tile("Node's peak memory", rowOf(rows, "peakRss"), careful, ["less", "more"])}
</div>
<p class="soft">Rendered with HyperFrames ${result.machine.renderer.version} without the drop-in (stock) and with hyperframes-native
${result.version} (native), ${
    result.pairs.length === 1
      ? "one pair of renders"
      : `${count(result.pairs.length, "pair")} of renders; each number is of the pair in the middle`
  }.</p>
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

function statement({ kind, ratio }: Speed, found: Verdict): Html {
  if (found.kind === "different") return html`The two videos are <em class="bad">not the same</em>`;
  if (found.kind === "unswapped") return html`The drop-in <em class="bad">did not run</em>`;
  if (kind === "faster") return html`The whole render is <em>${ratioText(ratio)} times</em> as fast`;
  if (kind === "slower")
    return html`The whole render takes <em class="bad">${ratioText(1 / ratio)} times</em> as long`;
  if (kind === "same") return html`<em>No difference</em> that could be measured`;
  return html`Whether it is faster <em>cannot be told</em>`;
}

/** The title has said it. */
function withoutAnswer(sentence: string): string {
  return sentence.replace(/^[^:]+: (.)/, (_, first: string) => first.toUpperCase());
}

/** What the two numbers below the headline were. */
function gains(frame: MeasuredRow, hook: MeasuredRow): string {
  const told = [
    ...instead("A captured frame takes", frame),
    ...instead("The hook, the call that puts the videos' frames into the page, takes", hook),
  ];
  return told.join(" ");
}

function instead(subject: string, { measure, stock, native }: MeasuredRow): readonly string[] {
  if (stock === null || native === null) return [];
  const [now, before] = [native, stock].map(({ middle }) => quantity(middle, measure.unit));
  return [`${subject} ${now} instead of ${before}.`];
}

function tile(
  title: string,
  { measure, stock, native, ratio }: MeasuredRow,
  careful: boolean,
  words: readonly [better: string, worse: string],
): Html {
  if (stock === null || native === null) {
    return html`<section class="tile"><h2>${title}</h2><p class="figure soft">not given</p></section>`;
  }
  const full = Math.max(stock.middle, native.middle);
  return html`<section class="tile"><h2>${title}</h2>
<p class="figure">${ratio === null ? html`<b>–</b>` : figure(ratio, judge(ratio, careful), words)}</p>
${bar("stock", stock.middle, full, measure.unit)}
${bar("native", native.middle, full, measure.unit)}
</section>`;
}

function figure(
  { min, middle, max }: Around,
  kind: SpeedKind,
  [better, worse]: readonly [string, string],
): Html {
  if (kind === "faster") return html`<b>${ratioText(middle)}×</b> ${better}`;
  if (kind === "slower") return html`<b class="worse">${ratioText(1 / middle)}×</b> ${worse}`;
  if (kind === "same") return html`<b class="same">same</b>`;
  return html`<b class="same">?</b> ${ratioText(min)} to ${ratioText(max)}`;
}

function day(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
