import { quantity } from "../../quantity.js";
import type { BenchRender, BenchResult } from "../../result.js";
import { percent } from "../bars.js";
import { type Html, html } from "../html.js";

type Split = BenchRender["split"];

const PARTS: ReadonlyArray<{ key: keyof Split; part: string; title: string }> = [
  { key: "hookMs", part: "hook", title: "Hook" },
  { key: "captureMs", part: "capture", title: "Seek and screenshot" },
  { key: "otherMs", part: "other", title: "Other" },
];

/** What a frame's time is made of. The table is the legend of the bars. */
export function frameSplit({ pairs }: BenchResult): Html {
  const stock = meanSplit(pairs.map((pair) => pair.stock.split));
  const native = meanSplit(pairs.map((pair) => pair.native.split));
  const full = Math.max(total(stock), total(native));
  return html`<section class="card"><h2>Where a frame's time goes</h2>
<p class="soft">Mean time from one frame to the next${pairs.length === 1 ? "" : ", mean over the pairs, so that the parts add up"}.
Other is handing frames to the encoder and waiting for it.</p>
<div class="stacks">${stack("stock", stock, full)}${stack("native", native, full)}</div>
<table class="split"><thead><tr><th scope="col">Part</th><th scope="col">Stock</th><th scope="col">Native</th></tr></thead>
<tbody>${PARTS.map(
    ({ key, part, title }) => html`<tr><th scope="row"><span class="swatch ${part}"></span>${title}</th>
<td>${quantity(stock[key], "ms")}</td><td>${quantity(native[key], "ms")}</td></tr>`,
  )}</tbody>
<tfoot><tr><th scope="row">Frame to frame</th><td>${quantity(total(stock), "ms")}</td><td>${quantity(total(native), "ms")}</td></tr></tfoot>
</table></section>`;
}

function stack(mode: "stock" | "native", split: Split, full: number): Html {
  return html`<div class="bar"><span class="name">${mode}</span><span class="track">${PARTS.map(
    ({ key, part, title }) =>
      html`<span class="fill ${part}" style="width:${percent(split[key], full)}" title="${title}: ${quantity(split[key], "ms")}"></span>`,
  )}</span><span class="value">${quantity(total(split), "ms")}</span></div>`;
}

function meanSplit(splits: readonly Split[]): Split {
  const mean = (key: keyof Split) => splits.reduce((sum, split) => sum + split[key], 0) / splits.length;
  return { hookMs: mean("hookMs"), captureMs: mean("captureMs"), otherMs: mean("otherMs") };
}

function total({ hookMs, captureMs, otherMs }: Split): number {
  return hookMs + captureMs + otherMs;
}
