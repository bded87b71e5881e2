import { captureMode, workersUsed } from "../../as-rendered.js";
import { shareText } from "../../machine.js";
import { quantity } from "../../quantity.js";
import type { BenchResult } from "../../result.js";
import { type Html, html } from "../html.js";

/** Where and how it was rendered. */
export function setting(result: BenchResult): Html {
  const { machine, options, version, pairs, pictures } = result;
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
<table class="loads"><thead><tr><th scope="col">Pair</th><th scope="col">Other work before</th><th scope="col">Differing frames</th></tr></thead>
<tbody>${pairs.map(
    ({ busy }, n) => html`<tr><th scope="row">${n + 1}</th><td>${shareText(busy)}</td>
<td>${differing(pictures?.differing[n])}</td></tr>`,
  )}</tbody></table></section>`;
}

function differing(frames: readonly number[] | undefined): Html | string {
  if (frames === undefined) return "not compared";
  if (frames.length === 0) return "none";
  return html`<b class="bad">✗ ${frames.length.toLocaleString("en-US")}</b>`;
}
