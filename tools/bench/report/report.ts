import { readFileSync } from "node:fs";
import type { BenchResult } from "../result.js";
import { plots } from "./curves.js";
import { type Html, html, inlineJson, inlineScript } from "./html.js";
import { plotLibrary } from "./plot-library.js";
import { eventLoop } from "./sections/event-loop.js";
import { framePath } from "./sections/frame-path.js";
import { frameSplit } from "./sections/frame-split.js";
import { headline } from "./sections/headline.js";
import { hookTimes } from "./sections/hook-times.js";
import { memory } from "./sections/memory.js";
import { numbers } from "./sections/numbers.js";
import { protocol } from "./sections/protocol.js";
import { reading } from "./sections/reading.js";
import { setting } from "./sections/setting.js";
import { processorTime, wholeSplit } from "./sections/whole-split.js";
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
