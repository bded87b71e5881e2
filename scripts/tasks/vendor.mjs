// Part of `npm run build:ts`: makes the libraries of the command line a part of `dist`, so that the package needs none of them installed.
import { cpSync, mkdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { inRoot } from "../setup/paths.mjs";

/** Each is bundled from `tools/vendor` with all that it needs. */
const BUNDLED = ["commander", "cross-spawn"];

/** Files that are copied as they are, for the page of a bench report. */
const COPIED = ["uplot/dist/uPlot.iife.min.js", "uplot/dist/uPlot.min.css"];

// CommonJS within asks for Node's own modules by this name.
const REQUIRE =
  'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/** Writes them; resolves with the folders of all packages that are in them, relative to the repository. */
export async function vendor({ write = true } = {}) {
  const { metafile } = await build({
    absWorkingDir: inRoot(),
    entryPoints: BUNDLED.map((name) => `tools/vendor/${name}.ts`),
    outdir: "dist/tools/vendor",
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node22",
    banner: { js: REQUIRE },
    metafile: true,
    write,
  });
  if (write) {
    mkdirSync(inRoot("dist", "tools", "vendor"), { recursive: true });
    for (const file of COPIED)
      cpSync(inRoot("node_modules", file), inRoot("dist", "tools", "vendor", path.basename(file)));
  }
  const files = [...Object.keys(metafile.inputs), ...COPIED.map((file) => `node_modules/${file}`)];
  const folders = files.flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  return [...new Set(folders)].sort();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await vendor();
