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
  type SourceKind,
} from "hyperframes-native";
import { HookTally } from "../../dist/ts/telemetry/hook-tally.js";
import type { RenderFacts } from "../../dist/ts/telemetry/summary.js";
import { detailLines, summaryLine } from "../../dist/ts/telemetry/summary.js";
import { FrameFolder, jpegLike } from "../support/frames.ts";
import { StubLookup, StubPage } from "../support/stub-page.ts";

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
  const hook = createVideoFrameInjector(lookup, {});
  const page = new StubPage();
  page.hidden.add("hidden");
  await hook?.(page, 0);
  await hook?.(page, 1);
  await assert.rejects(hook?.(page, 2) ?? Promise.resolve(), { code: "FRAME_NOT_FOUND" });

  const bytes = page.injected[0]?.[0]?.dataUri.length ?? 0;
  assert.ok(bytes > 90);
  // A frame under a hidden host is asked for until it is shown.
  const hidden = { videoId: "hidden", framePath: paths[0], frameIndex: 0, transport: "inline", bytes };
  assert.deepEqual(frames, [
    { time: 0, videoId: "a", framePath: paths[0], frameIndex: 0, transport: "inline", bytes },
    { time: 0, ...hidden },
    { time: 1, videoId: "a", framePath: paths[1], frameIndex: 1, transport: "inline", bytes },
    { time: 1, ...hidden },
  ]);
  assert.deepEqual(
    calls.map(({ time, path, frames: taken }) => [time, path, taken]),
    [
      [0, "native", 2],
      [1, "native", 2],
      [2, "native", null],
    ],
  );
  assert.ok(calls[2]?.error instanceof FrameError);
  assert.ok(!("error" in (calls[0] ?? {})));
  const total = calls.reduce((sum, { durationMs }) => sum + durationMs, 0);
  assert.ok(Math.abs(total - (hook?.stats().hook.totalMs ?? 0)) < 0.01);
});

/** Facts of a render in which frames went these ways. */
function factsOf(framesBy: Partial<Record<SourceKind, number>>): RenderFacts {
  const tally = new HookTally();
  tally.call(20);
  for (const [kind, frames] of Object.entries(framesBy) as [SourceKind, number][])
    for (let n = 0; n < frames; n++) tally.injected(kind, 1000);
  return { tally: tally.toJSON(), caches: [], clip: undefined };
}

test("the summary says how many frames went how, and nothing else", () => {
  for (const [framesBy, said] of [
    [{ file: 398, inline: 2 }, "on: 400 video frames, 398 as files, 2 inline."],
    [{ inline: 2, served: 30, file: 3 }, "on: 35 video frames, 30 served, 3 as files, 2 inline."],
    [{ file: 400 }, "on: 400 video frames, all as files."],
    [{ inline: 1 }, "on: 1 video frame, inline."],
    [{ resolver: 2 }, "on: 2 video frames, all by frameSrcResolver."],
    [{}, "on: no frame of a video was shown."],
  ] as const)
    assert.equal(summaryLine(factsOf(framesBy)), `hyperframes-native is ${said}`);
});

test("the summary says that the clip was kept, and that upstream took over", () => {
  const facts = factsOf({ file: 2 });
  assert.equal(
    summaryLine({ ...facts, clip: "HYPERFRAMES_NATIVE_CLIP=keep" }),
    "hyperframes-native is on: 2 video frames, all as files; screenshots kept their clip (HYPERFRAMES_NATIVE_CLIP=keep).",
  );
  assert.equal(
    summaryLine({ ...facts, tally: { ...facts.tally, transport: "upstream" } }),
    "hyperframes-native is on: 2 video frames, all as files; HyperFrames' own path took over.",
  );
  assert.equal(
    summaryLine({ ...facts, tally: { ...factsOf({}).tally, transport: "upstream" } }),
    "hyperframes-native is on: HyperFrames' own path took over.",
  );
});

test("details name look-ahead, fallbacks and the cache; hints only where a budget is too small", () => {
  const tally = new HookTally();
  for (let n = 0; n < 100; n++) tally.call(n < 90 ? 20 : 250);
  for (let n = 0; n < 398; n++) tally.injected("file", 1000);
  tally.ahead("hits", 390);
  tally.ahead("misses", 10);
  tally.fellBack("a frame did not appear (file)");
  tally.fellBack("a frame did not appear (file)");
  tally.step("decodedBytes", 33e6);
  tally.step("inlineBytes", 4e6);
  const cache = { limit: 256e6, bytes: 2e6, hits: 1, misses: 5, evictions: 3, oversized: 0 };
  const unused = { limit: 64e6, bytes: 0, hits: 0, misses: 0, evictions: 0, oversized: 0 };
  const facts = { ...factsOf({}), tally: tally.toJSON(), caches: [cache, unused] };
  const [line = "", ...hints] = detailLines(facts);
  assert.deepEqual(hints, []);
  assert.match(line, /^100 steps; hook p50 20 ms, p95 25\d ms; /);
  assert.match(line, /; 390 of 400 decoded ahead; fallbacks: 2 x a frame did not appear \(file\); /);
  assert.match(line, /; cache 2 MB of 256 MB, hits 1, misses 5, evictions 3$/);

  const kept = new HookTally();
  kept.injected("file", 1000);
  kept.ahead("misses", 1);
  kept.notAhead("screenshots kept their clip");
  assert.match(
    summaryLine({ ...facts, tally: kept.toJSON() }),
    /as files; no frame was decoded ahead, since screenshots kept their clip\.$/,
  );
  kept.ahead("repeats", 3);
  kept.notAhead(null);
  assert.doesNotMatch(summaryLine({ ...facts, tally: kept.toJSON() }), /ahead/);
  assert.match(
    detailLines({ ...facts, tally: kept.toJSON() })[0] ?? "",
    /; 0 of 1 decoded ahead; 3 the same as the one before; /,
  );

  assert.doesNotMatch(summaryLine(facts), /audio/);
  tally.quieted(12, 2000);
  tally.quieted(1, 160); // another page
  assert.match(
    summaryLine({ ...facts, tally: tally.toJSON() }),
    /; 12 audio elements quiet, 2160 seeks saved\.$/,
  );

  // Four 4K frames: 133 MB decoded, twice that does not fit; as data URIs 300 MB.
  tally.step("decodedBytes", 4 * 3840 * 2160 * 4);
  tally.step("inlineBytes", 300e6);
  tally.step("inlineBytes", 10e6); // the largest counts, not the last
  const large = detailLines({ ...facts, tally: tally.toJSON() });
  assert.equal(large.length, 3);
  assert.match(large[1] ?? "", /^hint: the frames of one step take 133 MB decoded; Chrome keeps \d+ MB/);
  assert.match(large[2] ?? "", /^hint: the data URIs of one step take 300 MB, .*CACHE_BYTES_MB/);
  const oversized = { ...facts, caches: [{ ...cache, oversized: 1 }] };
  assert.match(
    detailLines(oversized)[1] ?? "",
    /^hint: one data URI alone is more than the frame cache may keep/,
  );
});
