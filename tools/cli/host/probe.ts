/**
 * Goes by `--import` into every Node process that a command starts: the first one that is HyperFrames' own program, or that loads a
 * module of HyperFrames, says where that package is, and ends before anything of it has run.
 */
import { realpathSync, writeFileSync } from "node:fs";
import * as module from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { upstreamPackageOf } from "../../../ts/register/upstream-package.js";
import { ownRuntime, type Runtime } from "./runtime.js";

/** Names the file that is written. */
export const PROBE_VARIABLE = "HYPERFRAMES_NATIVE_PROBE";

/** Neither success nor a shell's own: what would follow in a script (`... && upload`) is not to be done. */
const EXIT_CODE = 75;

/** What the probe writes. */
export interface Probed {
  /** A file of the package. */
  readonly file: string;
  /** What runs it. */
  readonly runtime: Runtime;
  /** What it is asked for, after all scripts and shells. */
  readonly args: readonly string[];
}

const target = process.env[PROBE_VARIABLE];
if (target) {
  const program = process.argv[1];
  if (program !== undefined) look(() => pathToFileURL(realpathSync(program)).href, target);
  module.registerHooks?.({
    load(url, context, nextLoad) {
      look(() => url, target);
      return nextLoad(url, context);
    },
  });
}

function look(urlOf: () => string, target: string): void {
  let url: string;
  try {
    url = urlOf();
    if (upstreamPackageOf(url) === null) return;
  } catch {
    return; // a text given to Node is no file
  }
  try {
    const probed: Probed = { file: fileURLToPath(url), runtime: ownRuntime(), args: process.argv.slice(2) };
    writeFileSync(target, JSON.stringify(probed));
  } finally {
    // Whatever became of the file: a render must not begin.
    process.exit(EXIT_CODE);
  }
}
