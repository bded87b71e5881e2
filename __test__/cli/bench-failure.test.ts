/** What a user is told of a render that failed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ChildFailure, failureMessage, RenderFailure } from "../../dist/tools/bench/failures.js";
import { runChild } from "../../dist/tools/bench/run-child.js";

const ENDED = "The native render (auto) ended with exit code 1. Its last lines:\n...";

test("the renderer's own message, and a few whole lines without places in the code and the diary", () => {
  const lines = Array.from({ length: 40 }, (_, n) => `line ${n}`);
  const log = [
    ...lines,
    "Error: no video",
    "    at one (file.js:1:1)",
    "    at two (file.js:2:2)",
    "",
    "",
  ].join("\n");
  const failure = new RenderFailure(ENDED, { reason: "no video\nmore of it", log, timedOut: false });
  assert.equal(
    failureMessage("The warm-up render", failure, "It is so."),
    [
      "The warm-up render failed: no video. It is so.",
      "Its last lines:",
      ...["  line 36", "  line 37", "  line 38", "  line 39", "  Error: no video"],
    ].join("\n"),
  );
});

test("without a message, how the process ended; without a log, no lines", () => {
  const failure = new RenderFailure(ENDED, { reason: null, log: "", timedOut: false });
  assert.equal(
    failureMessage("The warm-up render", failure),
    "The warm-up render failed: The native render (auto) ended with exit code 1.",
  );
});

test("the last lines of a process begin with a whole one", async () => {
  const program = 'for (let n = 0; n < 2000; n++) console.log("line", n); process.exitCode = 4;';
  const running = runChild({
    ...{ label: "It", args: ["-e", program], env: process.env, cwd: process.cwd(), timeoutMs: 60_000 },
  });
  await assert.rejects(running, (error) => {
    assert.ok(error instanceof ChildFailure);
    assert.match(error.message, /^It ended with exit code 4\. Its last lines:\nline \d+\n/);
    assert.match(error.log, /^line 0\n/);
    return true;
  });
});
