/** What is prepared ahead of its step, and what becomes of it, against a transport that only counts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FrameInfo } from "../../dist/cache/frame-info.js";
import { LookAhead } from "../../dist/look-ahead/look-ahead.js";
import type { PreparedFrame } from "../../dist/look-ahead/prepared-frame.js";
import { Stride } from "../../dist/look-ahead/stride.js";
import type { StepFrame } from "../../dist/lookup/shown-frames.js";
import type { FrameSource, PageTransport, SourceWindow } from "../../dist/transport/transport.js";
import { StubLookup } from "../support/stub-page.ts";

const FRAME_BYTES = 1000;

/** Two videos at ten frames a second until the end of the composition, the second from its third frame on. */
function fixture(options: { window?: SourceWindow; size?: (frame: StepFrame) => number; end?: number } = {}) {
  const end = options.end ?? 1000;
  const lookup = new StubLookup((time) => {
    const index = Math.floor(time * 10 + 1e-9);
    if (index >= end) return {};
    return { a: [`/a/${index}`, index], ...(index >= 3 ? { b: [`/b/${index - 3}`, index - 3] } : {}) };
  });
  const stride = new Stride();
  const discarded: string[] = [];
  const made: string[][] = [];
  let failing = false;
  const transport: PageTransport = {
    name: "file",
    window: options.window ?? { frames: 8, bytes: Number.POSITIVE_INFINITY },
    async sources(frames): Promise<FrameSource[]> {
      if (failing) throw new Error("the page is gone");
      made.push(frames.map(({ framePath }) => framePath));
      return frames.map((frame) => ({
        frame,
        src: `blob:${frame.framePath}`,
        bytes: FRAME_BYTES,
        kind: "file",
      }));
    },
    close() {},
  };
  const ahead = new LookAhead({
    lookup,
    stride,
    leastStepBytes: 500,
    inspect: async (frames) =>
      new Map(
        frames.map((frame): [StepFrame, FrameInfo] => [
          frame,
          {
            size: options.size?.(frame) ?? FRAME_BYTES,
            mtimeMs: 0,
            ctimeMs: 0,
            width: 10,
            height: 10,
            wholeMcus: false,
          },
        ]),
      ),
    discard: (frame: PreparedFrame) => discarded.push(frame.source.src),
    discardLate: (sources) => discarded.push(...sources.map(({ src }) => src)),
    late: () => undefined,
  });
  /** One step as the feed takes it: what was prepared for it. */
  const step = async (index: number): Promise<string[]> => {
    const time = index / 10;
    if (stride.observe(time) === "seek") ahead.drop();
    const frames = Array.from(lookup.getActiveFramePayloads(time), ([videoId, payload]) => ({
      videoId,
      ...payload,
    }));
    const taken = await ahead.take(time, frames);
    const shown = new Map(frames.map(({ videoId, frameIndex }) => [videoId, frameIndex]));
    ahead.extend(transport, shown);
    return Array.from(taken.values(), ({ source }) => source.src);
  };
  return {
    ahead,
    step,
    made,
    discarded,
    fail: (now: boolean) => (failing = now),
    settle: () => new Promise(setImmediate),
  };
}

test("from the second step on, frames are made many steps in one go, and each step finds its own", async () => {
  const { step, made, discarded } = fixture();
  assert.deepEqual(await step(0), []);
  assert.deepEqual(await step(1), []);
  for (let index = 2; index < 40; index++) {
    const expected = index >= 3 ? [`blob:/a/${index}`, `blob:/b/${index - 3}`] : [`blob:/a/${index}`];
    assert.deepEqual(await step(index), expected);
  }
  assert.ok(made.length < 20, `${made.length} rounds for 38 steps`);
  assert.equal(new Set(made.flat()).size, made.flat().length); // nothing is made twice
  assert.deepEqual(discarded, []);
});

test("never more than the window is made and not taken", async () => {
  const { step, made } = fixture({ window: { frames: 8, bytes: 5 * FRAME_BYTES } });
  let taken = 0;
  for (let index = 0; index < 30; index++) {
    taken += (await step(index)).length;
    assert.ok(made.flat().length - taken <= 8, `${made.flat().length} made, ${taken} taken`);
  }
  assert.ok(taken > 40);
});

test("a byte bound cuts a round; the next one goes on there", async () => {
  const { step, made } = fixture({ window: { frames: 100, bytes: 4 * FRAME_BYTES } });
  for (let index = 0; index < 20; index++) await step(index);
  for (const round of made) assert.ok(round.length <= 4, `${round.length}`);
  assert.equal(new Set(made.flat()).size, made.flat().length);
});

test("a seek drops what was ahead, and everything dropped is let go", async () => {
  const { step, made, discarded, settle } = fixture();
  for (const index of [0, 1, 2]) await step(index);
  await settle();
  const before = made.flat().length;
  assert.deepEqual(await step(500), []);
  assert.equal(discarded.length, before - 1); // all but the one that step 2 took
  assert.deepEqual(await step(501), ["blob:/a/501", "blob:/b/498"]);
});

test("a round that is under way when a seek comes is let go when it arrives", async () => {
  const { step, ahead, made, discarded, settle } = fixture();
  await step(0);
  await step(1);
  ahead.drop();
  await settle();
  assert.ok(made.flat().length > 0);
  assert.deepEqual(
    discarded.toSorted(),
    made
      .flat()
      .map((path) => `blob:${path}`)
      .toSorted(),
  );
});

test("small steps are not prepared", async () => {
  const { step, made } = fixture({ size: () => 100 });
  for (let index = 0; index < 10; index++) assert.deepEqual(await step(index), []);
  assert.deepEqual(made.flat(), []);
});

test("nothing is made beyond the end of the videos", async () => {
  const { step, made, settle } = fixture({ end: 6 });
  for (let index = 0; index < 12; index++) await step(index);
  await settle();
  assert.deepEqual(made.flat().toSorted(), ["/a/2", "/a/3", "/a/4", "/a/5", "/b/0", "/b/1", "/b/2"]);
});

test("a failure costs the look-ahead only, and after three of them it stops trying", async () => {
  const { step, made, fail } = fixture();
  await step(0);
  fail(true);
  for (let index = 1; index < 10; index++) assert.deepEqual(await step(index), []);
  fail(false);
  for (let index = 10; index < 20; index++) assert.deepEqual(await step(index), []);
  assert.deepEqual(made, []);
});

test("the frames of the next step that changes anything, as far as they fit", async () => {
  const { step, ahead, settle } = fixture();
  for (const index of [0, 1, 2, 3]) await step(index);
  await settle();
  const paths = (bytes: number) => ahead.next(bytes).map(({ source }) => source.frame.framePath);
  assert.deepEqual(paths(800), ["/a/4", "/b/1"]);
  assert.deepEqual(paths(799), ["/a/4"]);
  assert.deepEqual(paths(399), []);
});
