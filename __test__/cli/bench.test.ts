// `hyperframes-native bench` where it renders nothing, as a user starts it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { type RenderMode, renderEnvironment } from "../../dist/tools/bench/render-environment.js";
import { OutputFolder } from "../../dist/tools/cli/bench/output-folder.js";
import { realResult } from "../support/bench-results.ts";
import { FrameFolder } from "../support/frames.ts";
import { WITHOUT_HOOKS } from "../support/node-process.ts";
import { mainProgram } from "../support/paths.ts";

const dir = new FrameFolder({ after }).path;
const project = join(dir, "project");
mkdirSync(project);
writeFileSync(join(project, "index.html"), "<!doctype html>");

function bench(nodeArgs: readonly string[], ...args: string[]) {
  const all = [...nodeArgs, mainProgram, "bench", project, ...args];
  return spawnSync(process.execPath, all, { cwd: dir, encoding: "utf8" });
}

test("a runtime without load hooks: refused before anything is rendered, as doctor says it", () => {
  const { status, stdout, stderr } = bench(["--import", WITHOUT_HOOKS]);
  assert.equal(status, 1);
  assert.match(
    stderr,
    /^Node .* has no module\.registerHooks, so nothing can be swapped\. Render with Node 22\.15 .*\n$/,
  );
  assert.equal(stdout, "");
});

test("a plain render is off, whatever Node is told to load", () => {
  const common = { capture: "auto", extractCacheDir: dir, statsFile: join(dir, "stats.json") } as const;
  const modeOf = (mode: RenderMode) => renderEnvironment({ mode, ...common }).HYPERFRAMES_NATIVE;
  assert.deepEqual((["plain", "stock", "native"] as const).map(modeOf), ["off", "off", undefined]);
});

test("a folder that cannot be written: one sentence, exit status 2", () => {
  const file = join(dir, "file");
  writeFileSync(file, "mine");
  for (const output of [file, join(file, "below"), "/dev/null/x"]) {
    const { status, stdout, stderr } = bench([], "--output", output);
    assert.deepEqual([status, stdout], [2, ""], output);
    assert.match(stderr, /^The report cannot be written to .*: a file is in its place\. Give another.*\n$/);
  }
  assert.equal(readFileSync(file, "utf8"), "mine");
});

test("a folder of files that are not a bench's is left as it is, whatever they are called", () => {
  for (const [name, text] of [
    ["report.html", "mine"],
    ["stock.mp4", "mine"],
    ["results.json", "{}"],
    ["results.json", "no JSON"],
    ["results.json", "null"],
  ] as const) {
    const output = mkdtempSync(join(dir, "foreign-"));
    writeFileSync(join(output, name), text);
    const { status, stdout, stderr } = bench([], "--output", output);
    assert.deepEqual([status, stdout], [2, ""], name);
    assert.match(
      stderr,
      new RegExp(`^.* holds files that bench did not write \\(such as ${name}\\)\\. .*\n$`),
    );
    assert.deepEqual(readdirSync(output), [name]);
    assert.equal(readFileSync(join(output, name), "utf8"), text);
  }
});

test("an empty folder, one of an earlier bench, and one of a bench that was killed are taken; what is made there goes", () => {
  const { version, machine, pairs } = realResult();
  for (const files of [
    {},
    { "results.json": JSON.stringify({ version, machine, pairs }), "notes.txt": "mine" },
  ]) {
    const output = mkdtempSync(join(dir, "own-"));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(output, name), text);
    const folder = new OutputFolder(output);
    writeFileSync(join(folder.work, "stock-2.mp4"), "video");
    folder.publish(join(folder.work, "stock-2.mp4"), "stock.mp4");
    folder.remove();
    assert.equal(readFileSync(join(output, "stock.mp4"), "utf8"), "video");
    assert.deepEqual(readdirSync(output).sort(), [...Object.keys(files), "stock.mp4"].sort());
  }
  const killed = mkdtempSync(join(dir, "killed-"));
  mkdirSync(join(killed, ".hyperframes-native-abcdef"));
  new OutputFolder(killed).remove();
  assert.deepEqual(readdirSync(killed), [".hyperframes-native-abcdef"]);
});
