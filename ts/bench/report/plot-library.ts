import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Html, html, inlineScript } from "./html.js";

const require = createRequire(import.meta.url);

/** uPlot's style and program, read from the installed package. */
export function plotLibrary(): { readonly style: Html; readonly script: Html } {
  const read = (file: string) => readFileSync(require.resolve(`uplot/dist/${file}`), "utf8");
  return {
    style: html`<style>${new Html(read("uPlot.min.css"))}</style>`,
    script: html`<script>${inlineScript(read("uPlot.iife.min.js"))}</script>`,
  };
}
