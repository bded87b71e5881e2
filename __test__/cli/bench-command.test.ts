/** The words of `hyperframes-native bench` that need no render: flags of the command that renders, the bar, how busy the machine is. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { busyShare } from "../../dist/tools/bench/machine.js";
import { renderFlags } from "../../dist/tools/cli/bench/render-flags.js";
import { progressLine, wrap } from "../../dist/tools/cli/terminal.js";

test("the flags of hyperframes render, long and short, joined and apart; what cannot be taken over is named", () => {
  const flags = (text: string) => renderFlags(text.split(" "));
  assert.deepEqual(flags("npx --yes hyperframes@0.8.170 render"), { others: [] });
  assert.deepEqual(flags("hyperframes render . --fps 60 --workers=auto --video-frame-format png -q high"), {
    ...{ fps: 60, workers: "auto", frameFormat: "png", quality: "high" },
    others: [],
  });
  assert.deepEqual(flags("hyperframes render -f 24 -w 3 -o a.mp4 --quiet"), {
    fps: 24,
    workers: 3,
    others: [],
  });
  assert.deepEqual(flags("hyperframes render --docker --fps 30000/1001 --crf=18 --gpu my-video").others, [
    "--docker",
    "--fps 30000/1001",
    "--crf=18",
    "--gpu my-video",
  ]);
  assert.deepEqual(flags("node render.mjs").others, []);
});

test("the bar fits the terminal, and goes where there is no room for it", () => {
  for (const columns of [10, 20, 40, 60, 80, 120]) {
    for (const label of ["warm-up", "warm-up without the drop-in", "pair 10 of 12, comparing"]) {
      for (const done of [-1, 0, 0.5, 1, 2]) {
        const line = progressLine(label, done, columns);
        assert.ok(line.length < columns, `${columns}: ${line}`);
        assert.match(line, / (?:0|50|100) %$/);
        if (columns !== 40) assert.equal(/[█░]/.test(line), columns >= 60, line);
      }
    }
  }
  assert.equal(
    progressLine("warm-up", 0.5, 120),
    `warm-up${" ".repeat(18)}${"█".repeat(16)}${"░".repeat(16)}  50 %`,
  );
  assert.equal(progressLine("warm-up", 0, 10), "war   0 %");
});

test("text is broken at spaces, with its indent; a long word stays whole", () => {
  assert.deepEqual(wrap("one two three four", 9), ["one two", "three", "four"]);
  assert.deepEqual(wrap("  one two /a/long/path/to/copy x", 12), [
    "  one two",
    "  /a/long/path/to/copy",
    "  x",
  ]);
  assert.deepEqual(wrap("", 10), [""]);
});

test("a machine is as busy as its processors are", async () => {
  const idle = await busyShare();
  assert.ok(idle >= 0 && idle <= 1);
  const worker = new Worker("for (;;) {}", { eval: true });
  try {
    // One processor of all is at work; whatever else runs on the machine comes on top.
    const busy = await busyShare();
    assert.ok(busy > 0 && busy <= 1, String(busy));
  } finally {
    await worker.terminate();
  }
  const stopped = new AbortController();
  stopped.abort();
  await assert.rejects(busyShare(stopped.signal), { name: "AbortError" });
});
