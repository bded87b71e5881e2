import { readFileSync } from "node:fs";
import { Html, html, inlineScript } from "./html.js";

/** uPlot's style and program, which the build puts into this package (scripts/tasks/vendor.mjs). */
export function plotLibrary(): { readonly style: Html; readonly script: Html } {
  const read = (file: string) => readFileSync(new URL(`../../vendor/${file}`, import.meta.url), "utf8");
  return {
    style: html`<style>${new Html(read("uPlot.min.css"))}</style>`,
    script: html`<script>${inlineScript(read("uPlot.iife.min.js"))}</script>`,
  };
}
