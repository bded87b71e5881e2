/** The statistics file is whole at every moment, and is where the process began. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { ProcessReport } from "../../dist/ts/telemetry/process-report.js";
import { FrameFolder } from "../support/frames.ts";

const MODULE = new URL("../../dist/ts/telemetry/process-report.js", import.meta.url).href;

test("it is replaced, never rewritten, and nothing is left beside it", (t) => {
  const folder = new FrameFolder(t).path;
  const file = join(folder, "stats.json");
  const report = new ProcessReport(file, "native");
  report.addHook();
  report.save();
  const { ino } = statSync(file);
  report.save();
  assert.notEqual(statSync(file).ino, ino);
  assert.deepEqual(readdirSync(folder), ["stats.json"]);
});

test("several that write it at once do not tear it", async (t) => {
  const file = join(new FrameFolder(t).path, "stats.json");
  const source = `import { ProcessReport } from ${JSON.stringify(MODULE)};
    const report = new ProcessReport(${JSON.stringify(file)}, "native");
    report.addHook();
    for (let n = 0; n < 200; n++) {
      report.swap({ package: "hyperframes", version: "9.9.9", file: "x".repeat(1000) });
      report.save();
    }`;
  const workers = [1, 2].map(() => new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`)));
  const ended = workers.map((worker) => once(worker, "exit"));
  let running = true;
  Promise.all(ended).then(() => (running = false));
  let read = 0;
  while (running) {
    await new Promise(setImmediate);
    if (statSync(file, { throwIfNoEntry: false }) === undefined) continue;
    JSON.parse(readFileSync(file, "utf8"));
    read++;
  }
  assert.ok(read > 10, `read ${read} times only`);
});

test("a relative path counts from where the process began", (t) => {
  const [one, other] = [new FrameFolder(t).path, new FrameFolder(t).path];
  const before = process.cwd();
  t.after(() => process.chdir(before));
  process.chdir(one);
  const report = new ProcessReport("stats.json", "native");
  report.addHook();
  process.chdir(other);
  report.save();
  assert.deepEqual([readdirSync(one), readdirSync(other)], [["stats.json"], []]);
});
