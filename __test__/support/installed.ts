// The installed HyperFrames packages.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { installedRenderer } from "../../dist/tools/bench/renderer.js";
import { root } from "./paths.ts";

/** Folder of the `hyperframes` CLI. */
export const cliDir = path.dirname(fileURLToPath(import.meta.resolve("hyperframes/package.json")));

/** Its program. */
export const cliProgram = path.join(cliDir, "bin", "hyperframes.mjs");

/** The producer in it. */
export const cliRenderer = installed("hyperframes");

/** The producer's own package. */
export const producerRenderer = installed("@hyperframes/producer");

function installed(name: string) {
  const renderer = installedRenderer(name, root);
  if (renderer === undefined) throw new Error("a HyperFrames package is not installed; run: npm run setup");
  return renderer;
}
