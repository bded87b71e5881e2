// The newest CLI as its next release may be: copies of it with edits of the function that the drop-in wraps, most of which show in the picture.
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cliDir } from "./installed.ts";

/** An edit of the bundle's text; one that finds nothing to change is an error. */
export type Edit = (source: string) => string;

/** Code of our own that a mutated hook calls: it changes what every frame looks like. */
const RESTYLE = (name: string, style: string) =>
  `\nasync function ${name}(page) { await page.evaluate(() => { for (const image of document.querySelectorAll("img.__render_frame__")) ${style}; }); }\n`;

function replaced(source: string, what: RegExp, by: string): string {
  const result = source.replace(what, by);
  if (result === source) throw new Error(`there is no ${what} in the bundle`);
  return result;
}

/** Replaces in the function that makes hooks, and nowhere else. */
function inHook(source: string, ...edits: ReadonlyArray<readonly [what: RegExp, by: string]>): string {
  const start = source.indexOf("function createVideoFrameInjector(");
  const end = source.indexOf("\n}\n", start);
  const hook = edits.reduce((text, [what, by]) => replaced(text, what, by), source.slice(start, end));
  return source.slice(0, start) + hook + source.slice(end);
}

/** Replaces the last statement that waits for the page in the hook's path by itself and another. */
const AFTER_SYNC = /(await syncVideoFrameVisibility\(.*\);)/;
const SKIP = /if \((\w+ === payload\.frameIndex)\) continue;/;
const PARAMETERS = /\(frameLookup, config\)/;

/** What a next release may change, and is wrapped all the same. */
export const NEXT_RELEASES: Readonly<Record<string, Edit>> = {
  "unchanged frames are injected again": (source) => inHook(source, [SKIP, ""]),
  "unchanged frames are injected again where their style changed": (source) =>
    inHook(source, [SKIP, "if (!payload.styleChanged && $1) continue;"]),
  "a helper of its own refreshes styles": (source) =>
    inHook(source, [AFTER_SYNC, "$1 await refreshStyles(page);"]) +
    RESTYLE("refreshStyles", 'image.style.filter = "invert(1)"'),
  "the hook takes a fourth argument": (source) =>
    replaced(
      inHook(source, [
        /async \(page, time, (\w+)\) => \{/,
        "async (page, time, $1, look) => { await restyle(page, look);",
      ]),
      /onBeforeCapture\(page, (\w+), (\w+)\)/,
      'onBeforeCapture(page, $1, $2, "hue-rotate(90deg)")',
    ) +
    "\nasync function restyle(page, look) { await page.evaluate((value) => { document.body.style.filter = value; }, look); }\n",
  "an options object as third parameter": (source) =>
    inHook(
      source,
      [PARAMETERS, "(frameLookup, config, { refresh = refreshStyles } = {})"],
      [AFTER_SYNC, "$1 await refresh(page);"],
    ) + RESTYLE("refreshStyles", 'image.style.filter = "sepia(1)"'),
  "a second page.evaluate at the end": (source) =>
    inHook(source, [
      /(if \(injectedIds\.size > 0\) \{)/,
      '$1 await page.evaluate(() => { document.body.style.filter = "saturate(3)"; });',
    ]),
  "the injected ids are no Set": (source) =>
    inHook(
      source,
      [/injectedIds = new Set\(/, "injectedIds = ("],
      [/injectedIds\.has\(/, "injectedIds.includes("],
      [/injectedIds\.size/, "injectedIds.length"],
    ),
  injectVideoFramesBatch2: (source) =>
    inHook(source, [/injectVideoFramesBatch\(/, "injectVideoFramesBatch2("]) +
    "\nasync function injectVideoFramesBatch2(page, updates) { const ids = []; for (const update of updates) ids.push(...await injectVideoFramesBatch(page, [update])); return ids; }\n",
  "another method of the table beside the old one": (source) =>
    replaced(
      inHook(source, [/getActiveFramePayloads\(time\)/, "framesShownAt(time)"]),
      /\n {2}(getActiveFramePayloads\()/,
      "\n  framesShownAt(time) { return this.getActiveFramePayloads(Math.max(0, time - 2 / 30)); }\n  $1",
    ),
  "new fields on updates": (source) =>
    replaced(
      inHook(source, [/dataUri: u\.dataUri/, 'dataUri: u.dataUri, look: "blur(3px)"']),
      /(img\.style\.opacity = String\(computedOpacity\);)/,
      "if (item.look) img.style.filter = item.look; $1",
    ),
  "another call among the reads": (source) =>
    inHook(source, [
      /\.\.\.await Promise\.all\(pendingReads\)/,
      "...(await Promise.all([...pendingReads, warmUp(page)])).filter(Boolean)",
    ]) +
    '\nasync function warmUp(page) { await page.evaluate(() => { document.body.style.filter = "contrast(2)"; }); }\n',
  "an arrow function instead of a declaration": (source) =>
    replaced(
      source,
      /\nfunction createVideoFrameInjector\((\w+, \w+)\) \{/,
      "\nconst createVideoFrameInjector = ($1) => {",
    ),
  "a third argument of the sync": (source) =>
    replaced(
      inHook(source, [/(syncVideoFrameVisibility\(page, .*)\);/, '$1, "invert(1)");']),
      /(async function syncVideoFrameVisibility\(page, \w+)\) \{/,
      "$1, look) { await page.evaluate((value) => { document.body.style.filter = value; }, look);",
    ),
  "the resolver's answers are kept": (source) =>
    replaced(
      source,
      /if \(servedSrc\) return servedSrc;/,
      "if (servedSrc) return remember(framePath, servedSrc);",
    ),
  "the resolver is waited for": (source) =>
    replaced(source, /const servedSrc = (frameSrcResolver\?\.\(framePath\));/, "const servedSrc = await $1;"),
};

/** The CLI copied into a folder, to be edited there again and again. */
export interface CliCopy {
  /** Folder of its package. */
  readonly home: string;
  /** Gives the bundle that has the function this edit, and no other. */
  edit(edit: Edit): void;
}

export function copyCli(folder: string): CliCopy {
  const modules = path.join(folder, "node_modules");
  const home = path.join(modules, "hyperframes");
  mkdirSync(modules, { recursive: true });
  const installed = path.dirname(cliDir);
  for (const name of readdirSync(installed)) {
    if (name !== "hyperframes" && !name.startsWith("."))
      symlinkSync(path.join(installed, name), path.join(modules, name));
  }
  cpSync(cliDir, home, { recursive: true });
  const dist = path.join(home, "dist");
  const bundles = readdirSync(dist)
    .map((name) => path.join(dist, name))
    .filter(
      (file) =>
        file.endsWith(".js") && readFileSync(file, "utf8").includes("\nfunction createVideoFrameInjector("),
    );
  const [bundle] = bundles;
  if (bundle === undefined || bundles.length > 1)
    throw new Error(`${bundles.length} bundles have the function`);
  const source = readFileSync(bundle, "utf8");
  return { home, edit: (edit) => writeFileSync(bundle, edit(source)) };
}
