/** What operators see: channels, the summary of a render, and its hints. */
import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import {
  createVideoFrameInjector,
  FRAME_CHANNEL,
  FrameError,
  type FrameMessage,
  HOOK_CHANNEL,
  type HookMessage,
} from "hyperframes-native";
import { HookTally } from "../../dist/stats/hook-tally.js";
import { summaryLines } from "../../dist/telemetry/summary.js";
import { FrameFolder, jpegLike } from "../support/frames.ts";
import { StubLookup, StubPage, stubPageFunctions } from "../support/stub-page.ts";

/** Collects what a channel carries until the test is over. */
function listen<T>(t: TestContext, name: string): T[] {
  const messages: T[] = [];
  const take = (message: unknown) => messages.push(message as T);
  subscribe(name, take);
  t.after(() => unsubscribe(name, take));
  return messages;
}

test("one message for each frame and one for each call, failed calls included", async (t) => {
  const folder = new FrameFolder(t);
  const paths = [0, 1].map((n) => folder.write(`${n}.jpg`, jpegLike(90, n)));
  const frames = listen<FrameMessage>(t, FRAME_CHANNEL);
  const calls = listen<HookMessage>(t, HOOK_CHANNEL);
  const lookup = new StubLookup((time) => ({
    a: [time < 2 ? (paths[time] ?? "") : join(folder.path, "gone.jpg"), time],
    hidden: [paths[0] ?? "", 0],
  }));
  const hook = createVideoFrameInjector(lookup, { pageFunctions: stubPageFunctions });
  const page = new StubPage();
  page.hidden.add("hidden");
  await hook?.(page, 0);
  await hook?.(page, 1);
  await assert.rejects(hook?.(page, 2) ?? Promise.resolve(), { code: "FRAME_NOT_FOUND" });

  const bytes = page.injected[0]?.[0]?.dataUri.length ?? 0;
  assert.ok(bytes > 90);
  assert.deepEqual(frames, [
    { time: 0, videoId: "a", framePath: paths[0], frameIndex: 0, transport: "inline", bytes },
    { time: 1, videoId: "a", framePath: paths[1], frameIndex: 1, transport: "inline", bytes },
  ]);
  assert.deepEqual(
    calls.map(({ time, path, frames: confirmed }) => [time, path, confirmed]),
    [
      [0, "native", 1],
      [1, "native", 1],
      [2, "native", null],
    ],
  );
  assert.ok(calls[2]?.error instanceof FrameError);
  assert.ok(!("error" in (calls[0] ?? {})));
  const total = calls.reduce((sum, { durationMs }) => sum + durationMs, 0);
  assert.ok(Math.abs(total - (hook?.stats().hook.totalMs ?? 0)) < 0.01);
});

test("the summary names ways, look-ahead, fallbacks and the cache; hints only where a budget is too small", () => {
  const tally = new HookTally();
  for (let n = 0; n < 100; n++) tally.call(n < 90 ? 20 : 250);
  for (let n = 0; n < 398; n++) tally.injected("file", 1000);
  for (let n = 0; n < 2; n++) tally.injected("inline", 1000);
  tally.ahead("hits", 390);
  tally.ahead("misses", 10);
  tally.fellBack("a frame did not appear (file)");
  tally.fellBack("a frame did not appear (file)");
  tally.step("decodedBytes", 33e6);
  tally.step("inlineBytes", 4e6);
  const cache = { limit: 256e6, bytes: 2e6, hits: 1, misses: 5, evictions: 3, oversized: 0 };
  const unused = { limit: 64e6, bytes: 0, hits: 0, misses: 0, evictions: 0, oversized: 0 };
  const facts = { tally: tally.toJSON(), caches: [cache, unused], decodedLimit: 224e6 };
  const [line = "", ...hints] = summaryLines(facts);
  assert.deepEqual(hints, []);
  assert.match(line, /^400 frames in 100 steps \(398 file, 2 inline\); hook p50 20 ms, p95 25\d ms; /);
  assert.match(line, /; 390 of 400 decoded ahead; fallbacks: 2 x a frame did not appear \(file\); /);
  assert.match(line, /; cache 2 MB of 256 MB, hits 1, misses 5, evictions 3$/);

  assert.doesNotMatch(line, /audio/);
  tally.quieted(12, 2000);
  tally.quieted(1, 160); // another page
  const quiet = summaryLines({ ...facts, tally: tally.toJSON() })[0] ?? "";
  assert.match(quiet, /decoded ahead; 12 audio elements quiet, 2160 seeks saved; fallbacks/);

  // Four 4K frames: 133 MB decoded, twice that does not fit; as data URIs 300 MB.
  tally.step("decodedBytes", 4 * 3840 * 2160 * 4);
  tally.step("inlineBytes", 300e6);
  tally.step("inlineBytes", 10e6); // the largest counts, not the last
  const large = summaryLines({ ...facts, tally: tally.toJSON() });
  assert.equal(large.length, 3);
  assert.match(large[1] ?? "", /^hint: the frames of one step take 133 MB decoded; Chrome keeps 224 MB/);
  assert.match(large[2] ?? "", /^hint: the data URIs of one step take 300 MB, .*CACHE_BYTES_MB/);
  const oversized = { ...facts, caches: [{ ...cache, oversized: 1 }] };
  assert.match(
    summaryLines(oversized)[1] ?? "",
    /^hint: one data URI alone is more than the frame cache may keep/,
  );
  tally.handedOver();
  assert.match(summaryLines({ ...facts, tally: tally.toJSON() })[0] ?? "", /the rest by upstream's own path/);
});
