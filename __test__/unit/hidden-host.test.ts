/** A video whose host is hidden gets its frame again and again; what was made for it does not pile up on the page. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { createVideoFrameInjector, type TransportChoice } from "hyperframes-native";
import { Awaits, countPage } from "../support/awaits.ts";
import { BlobPage, blobPageFunctions } from "../support/blob-page.ts";
import { FrameFolder, jpegLike } from "../support/frames.ts";
import { StubLookup } from "../support/stub-page.ts";

const FRAMES = 400;

/** One video with a frame of its own at each step, and what its page is asked. */
function fixture(t: TestContext, transport: TransportChoice) {
  const folder = new FrameFolder(t);
  const paths = Array.from({ length: FRAMES }, (_, n) => folder.write(`${n}.jpg`, jpegLike(64, n)));
  const lookup = StubLookup.ofVideo(FRAMES, (n) => paths[n] ?? "");
  const logger = { info: () => {} };
  const hook = createVideoFrameInjector(lookup, { transport, logger, pageFunctions: blobPageFunctions });
  assert.ok(hook);
  const page = new BlobPage();
  const awaits = new Awaits(0, (call) => call());
  countPage(page, awaits);
  t.after(() => page.close());
  /** The messages of a step that are not of the look-ahead. */
  const step = async (n: number) => {
    const before = awaits.count;
    await hook(page, n / 10);
    return awaits.names.slice(before).filter((name) => !/fetchBlobs|^send/.test(name));
  };
  return { page, step };
}

/** As far ahead as frames are made. */
const WINDOW = { file: 128, served: 64 };

for (const transport of ["file", "served"] as const) {
  test(`${transport}: blobs of a video under a hidden host are let go of, and its frame is right when it is shown`, async (t) => {
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
    assert.ok(most <= WINDOW[transport] + 32, `${most} blobs`);
    const count = (name: string) => messages.filter((message) => message === `evaluate ${name}`).length;
    const steps = FRAMES - 3;
    // Tried on each step; nothing is drawn again; a message more on every sixteenth.
    assert.deepEqual([count("injectFrames"), count("finishStep"), count("reseekGpu")], [steps, 0, 0]);
    assert.ok(count("revokeBlobs") > 0 && count("revokeBlobs") <= steps / 16, `${count("revokeBlobs")}`);
    page.hidden.delete("v");
    for (const n of [FRAMES - 2, FRAMES - 1]) {
      await step(n);
      assert.equal(page.shows("v"), n);
    }
    assert.ok(page.blobs.size <= 1, `${page.blobs.size} blobs are left`);
  });
}

test("blobs that a message could not let go of are in the next one", async (t) => {
  const { page, step } = fixture(t, "file");
  await step(0);
  page.hidden.add("v");
  const evaluate = page.evaluate;
  let failures = 0;
  page.evaluate = (pageFunction, argument) => {
    if (pageFunction.name !== "revokeBlobs" || failures > 0) return evaluate(pageFunction, argument);
    failures++;
    return Promise.reject(new Error("Runtime.callFunctionOn timed out"));
  };
  let failed = 0;
  for (let n = 1; n < FRAMES - 1; n++) {
    await step(n).catch(({ message }: Error) => {
      assert.match(message, /timed out/);
      failed++;
    });
  }
  page.hidden.delete("v");
  await step(FRAMES - 1);
  assert.deepEqual([failures, failed, page.shows("v")], [1, 1, FRAMES - 1]);
  assert.ok(page.blobs.size <= 1, `${page.blobs.size} blobs are left`);
});

test("a step of the usual kind has the messages it always had", async (t) => {
  const { step } = fixture(t, "file");
  await step(0);
  let readings = 0;
  for (let n = 1; n < 60; n++) {
    const messages = await step(n);
    const usual = messages.filter((message) => message !== "evaluate mediaCounts");
    readings += messages.length - usual.length;
    assert.deepEqual(
      usual,
      ["syncVisibility", "injectFrames", "finishStep"].map((name) => `evaluate ${name}`),
    );
  }
  // Without being waited for: at the first, second and fourth call, then at every eighth.
  assert.equal(readings, 3 + Math.floor(59 / 8));
});
