/** The report of a bench. */
import { readFileSync } from "node:fs";
import type { BenchResult } from "../result.js";
import { plots } from "./curves.js";
import { Html, html, inlineJson, inlineScript } from "./html.js";
import { framePath } from "./sections/frame-path.js";
import { headline } from "./sections/headline.js";
import { eventLoop, protocol } from "./sections/node.js";
import { numbers } from "./sections/numbers.js";
import { hookTimes, memory } from "./sections/plots.js";
import { reading } from "./sections/reading.js";
import { setting } from "./sections/setting.js";
import { frameSplit, processorTime, wholeSplit } from "./sections/splits.js";
import { STYLE } from "./style.js";

/** Chrome loads nothing for this page, whatever stands in it. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

/**
 * One HTML file that needs nothing beside it.
 * @throws {RangeError} for a result without pairs.
 */
export function reportHtml(result: BenchResult): string {
  const { hook, memory: memoryPlot, ...rest } = plots(result);
  const library = plotLibrary();
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${result.project}: stock and native – hyperframes-native bench</title>
${library.style}
<style>${STYLE}</style>
</head>
<body>
<main>
${headline(result)}
${fold("All numbers", numbers(result))}
${fold(
  "Where the time and the memory go",
  wholeSplit(result),
  processorTime(result),
  hookTimes(result, hook),
  frameSplit(result),
  memory(result, memoryPlot),
  html`<div class="two">${protocol(result)}${eventLoop(result)}</div>`,
)}
${fold("How it was rendered, and how to read it", framePath(result), setting(result), reading(result))}
</main>
<script type="application/json" id="plots">${inlineJson({ hook, memory: memoryPlot, ...rest })}</script>
${library.script}
<script type="module">${inlineScript(pageProgram())}</script>
</body>
</html>
`.text;
}

/** What answers no first question stays out of the way until it is asked for. */
function fold(title: string, ...sections: ReadonlyArray<Html | null>): Html {
  return html`<details><summary>${title}</summary><div class="folded">${sections}</div></details>`;
}

/** The compiled program. */
function pageProgram(): string {
  return readFileSync(new URL("./browser/draw.js", import.meta.url), "utf8");
}

/** uPlot's style and program, which the build puts into this package (scripts/tasks/vendor.mjs). */
function plotLibrary(): { readonly style: Html; readonly script: Html } {
  const read = (file: string) => readFileSync(new URL(`../../vendor/${file}`, import.meta.url), "utf8");
  return {
    style: html`<style>${new Html(read("uPlot.min.css"))}</style>`,
    script: html`<script>${inlineScript(read("uPlot.iife.min.js"))}</script>`,
  };
}
