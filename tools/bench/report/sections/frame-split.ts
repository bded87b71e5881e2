import type { BenchResult } from "../../result.js";
import { type Html, html } from "../html.js";
import { meanPart, stacks } from "../stacks.js";

/** What a frame's time is made of. */
export function frameSplit({ pairs }: BenchResult): Html {
  const parts = [
    meanPart("Hook", pairs, ({ split }) => split.hookMs),
    meanPart("Seek and screenshot", pairs, ({ split }) => split.captureMs),
    meanPart("Other", pairs, ({ split }) => split.otherMs),
  ];
  return html`<section class="card"><h2>Where a frame's time goes</h2>
<p class="soft">Mean time from one frame to the next${pairs.length === 1 ? "" : ", mean over the pairs, so that the parts add up"}.
Other is handing frames to the encoder and waiting for it.</p>
${stacks(parts, "ms", "Frame to frame")}</section>`;
}
