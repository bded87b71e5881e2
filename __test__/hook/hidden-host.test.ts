/** A video whose host is hidden gets its frame again and again; what was made for it does not pile up on the page. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { createVideoFrameInjector, type TransportChoice } from "hyperframes-native";
import { Awaits, countPage } from "../support/awaits.ts";
import { asIfBeginFrame } from "../support/begin-frame.ts";
import { BlobPage } from "../support/blob-page.ts";
import { FrameFolder, jpegLike } from "../support/frames.ts";
import { StubLookup } from "../support/stub-page.ts";

const FRAMES = 400;

/** One video with a frame of its own at each step, and what its page is asked. */
function fixture(t: TestContext, transport: TransportChoice) {
  const folder = new FrameFolder(t);
  const paths = Array.from({ length: FRAMES }, (_, n) => folder.write(`${n}.jpg`, jpegLike(64, n)));
  const lookup = StubLookup.ofVideo(FRAMES, (n) => paths[n] ?? "");
  const logger = { info: () => {} };
  const hook = createVideoFrameInjector(lookup, { transport, logger });
  assert.ok(hook);
  const page = new BlobPage();
  const awaits = new Awaits(0, (call) => call());
  countPage(page, awaits);
  t.after(() => page.close());
  /** The messages of a step that are not of the look-ahead. */
  const step = async (n: number) => {
    const before = awaits.count;
    await hook(page, n / 10);
    await new Promise(setImmediate); // as long as a capture takes, and longer
    await new Promise(setImmediate);
    return awaits.names.slice(before).filter((name) => !/fetchBlobs|^send/.test(name));
  };
  return { page, step };
}

/** As far ahead as frames are made. */
const WINDOW = { file: 128, served: 64 };

for (const transport of ["file", "served"] as const) {
  test(`${transport}: blobs of a video under a hidden host are revoked, and its frame is right when it is shown`, async (t) => {
    const { page, step } = fixture(t, transport);
    await step(0);
    page.hidden.add("v");
    const messages: string[] = [];
    let most = 0;
    for (let n = 1; n < FRAMES - 2; n++) {
      messages.push(...(await step(n)));
      most = Math.max(most, page.blobs.size);
      assert.equal(page.shows("v"), 0, "what it shows stays");
    }
    assert.ok(most <= WINDOW[transport] + 2, `${most} blobs`);
    const count = (name: string) => messages.filter((message) => message === `evaluate ${name}`).length;
    const steps = FRAMES - 3;
    // Tried on each step; nothing is drawn again.
    assert.deepEqual([count("upstream's inject"), count("upstream's reseek")], [steps, 0]);
    page.hidden.delete("v");
    for (const n of [FRAMES - 2, FRAMES - 1]) {
      await step(n);
      assert.equal(page.shows("v"), n);
    }
    await new Promise(setImmediate);
    assert.ok(page.blobs.size <= 1, `${page.blobs.size} blobs are left`);
  });
}

test("blobs that a message could not revoke are in the next one", async (t) => {
  const { page, step } = fixture(t, "file");
  await step(0);
  const evaluate = page.evaluate;
  let failures = 0;
  page.evaluate = (pageFunction, argument) => {
    if (pageFunction.name !== "finishStep" || failures > 0) return evaluate(pageFunction, argument);
    failures++;
    return Promise.reject(new Error("Runtime.callFunctionOn timed out"));
  };
  for (let n = 1; n < FRAMES; n++) {
    await step(n);
    assert.equal(page.shows("v"), n);
  }
  await new Promise(setImmediate);
  assert.equal(failures, 1);
  assert.ok(page.blobs.size <= 1, `${page.blobs.size} blobs are left`);
});

test("a step waits for upstream's own messages; the one that ends it is not waited for", async (t) => {
  const { page, step } = fixture(t, "file");
  asIfBeginFrame(page);
  const usual = ["upstream's sync", "upstream's inject", "upstream's reseek", "finishStep"].map(
    (name) => `evaluate ${name}`,
  );
  let asked = 0;
  let ended = 0;
  for (let n = 0; n < 60; n++) {
    const messages = await step(n);
    if (n === 0) continue; // the page is tried there
    // A frame that there was no time to decode ahead, in a test that captures nothing in between.
    if (messages.includes("evaluate findLost")) asked++;
    const own = messages.filter((name) => !/findLost|mediaCounts/.test(name));
    assert.deepEqual(own.slice(0, usual.length), usual);
    // The end of a round sends what it made, for the page to decode.
    const more = own.slice(usual.length);
    assert.deepEqual(new Set(more), new Set(more.length > 0 ? ["evaluate finishStep"] : []));
    ended += more.length;
  }
  assert.ok(asked < 10, `${asked} steps asked whether their frames are there`);
  assert.ok(ended < 10, `${ended} messages besides the usual ones`);
});

test("where nothing was decoded ahead, a step asks whether its frames are there", async (t) => {
  const { step } = fixture(t, "file");
  for (let n = 0; n < 20; n++) {
    const messages = await step(n);
    assert.ok(messages.includes("evaluate findLost"), messages.join());
  }
});
