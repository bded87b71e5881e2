import { shareText } from "../../busy.js";
import { captureMode } from "../../capture-mode.js";
import { quantity } from "../../quantity.js";
import type { BenchResult } from "../../result.js";
import { workersUsed } from "../../workers-used.js";
import { type Html, html } from "../html.js";

/** Where and how it was rendered. */
export function setting(result: BenchResult): Html {
  const { machine, options, version, pairs } = result;
  const facts: ReadonlyArray<readonly [string, string]> = [
    ["Processor", `${machine.cpu}, ${machine.cores} ${machine.cores === 1 ? "core" : "cores"}`],
    ["Memory", quantity(machine.memoryBytes, "bytes")],
    ["System", machine.os],
    ["Node", machine.node],
    ["Chrome", machine.chrome ?? "unknown"],
    ["ffmpeg", machine.ffmpeg ?? "unknown"],
    ["Renderer", `${machine.renderer.name} ${machine.renderer.version}`],
    ["Drop-in", `hyperframes-native ${version}`],
    ["Frame rate", `${options.fps} fps`],
    ["Workers", workersUsed(result)],
    ["Quality", options.quality],
    ["Frame format", options.frameFormat],
    ["Capture", captureMode(result)],
  ];
  return html`<section class="card"><h2>Machine, versions, options</h2>
<dl class="facts">${facts.map(([name, fact]) => html`<div><dt>${name}</dt><dd>${fact}</dd></div>`)}</dl>
<h3>Each pair</h3>
<table class="loads"><thead><tr><th scope="col">Pair</th><th scope="col">Other work before</th><th scope="col">Frames compared</th>
<th scope="col">Differing</th></tr></thead>
<tbody>${pairs.map(
    ({ busy, comparison }, n) => html`<tr><th scope="row">${n + 1}</th><td>${shareText(busy)}</td>
<td>${comparison.frames.toLocaleString("en-US")}</td><td>${
      comparison.differing > 0
        ? html`<b class="bad">✗ ${comparison.differing.toLocaleString("en-US")}</b>`
        : "none"
    }</td></tr>`,
  )}</tbody></table></section>`;
}
