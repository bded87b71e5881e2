/** Calls of the native side that do not wait, and fail: the frames go upstream's way, or on as before where it was only counting or cleaning up. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { createVideoFrameInjector } from "hyperframes-native";
import { FrameCache, FrameServer } from "../../index.js";
import { BlobPage, type Refusals } from "../support/blob-page.ts";
import { withFaults } from "../support/faults.ts";
import { FrameFolder, jpegLike } from "../support/frames.ts";
import { UPSTREAM, writeHost, writeScript } from "../support/host.ts";
import { StubLookup } from "../support/stub-page.ts";

/** Renders one frame in a process in which `point` panics. */
async function rendered(t: TestContext, point: string) {
  const folder = new FrameFolder(t);
  writeHost(folder, UPSTREAM);
  const env = {
    ...process.env,
    HYPERFRAMES_NATIVE_STATS: join(folder.path, "stats.json"),
    ...withFaults({ panic: point }),
  };
  const args = ["--import", import.meta.resolve("hyperframes-native/register"), writeScript(folder)];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env, timeout: 10_000 });
  assert.ok(stderr.includes(`injected at ${point}`), stderr);
  assert.equal(stderr.match(/HyperframesNativeWarning/g)?.length, 1, stderr);
  return { page: JSON.parse(stdout).page, stderr };
}

for (const member of ["constructor", "inspect", "get"]) {
  test(`FrameCache.${member}: upstream's own path, one warning`, async (t) => {
    const { page } = await rendered(t, `FrameCache.${member}`);
    assert.deepEqual(page, ["upstream"]);
  });
}

for (const member of ["takeWarnings", "stats"]) {
  test(`FrameCache.${member}: the frame all the same, one warning, a summary at the end`, async (t) => {
    const { page, stderr } = await rendered(t, `FrameCache.${member}`);
    assert.equal(page[0][0].dataUri, `data:image/jpeg;base64,${jpegLike(64).toString("base64")}`);
    assert.match(stderr, new RegExp(`native side failed in ${member}`));
    assert.match(stderr, /^hyperframes-native is on: 1 video frame, inline\.$/m);
  });
}

/** Has a method of the native side fail from here on; how often it was called. */
function failing(t: TestContext, owner: { readonly prototype: object }, name: string): () => number {
  const prototype = owner.prototype as Record<string, () => unknown>;
  const fail = t.mock.method(prototype, name, () => {
    throw Object.assign(new Error("a panic"), { code: "INTERNAL" });
  });
  return () => fail.mock.callCount();
}

/** A page that takes its frames from the server, and one call after the other on it. */
function served(t: TestContext, refusals: Refusals = {}) {
  const folder = new FrameFolder(t);
  const paths = Array.from({ length: 40 }, (_, n) => folder.write(`${n}.jpg`, jpegLike(64, n)));
  const lookup = new StubLookup((time) => ({
    v: [paths[Math.round(time * 10)] ?? "", Math.round(time * 10)],
  }));
  const lines: string[] = [];
  const logger = { info: (line: string) => lines.push(line) };
  const hook = createVideoFrameInjector(lookup, {
    transport: "served",
    logger,
  });
  assert.ok(hook);
  const page = new BlobPage(refusals);
  const step = async (n: number) => {
    await hook(page, n / 10);
    assert.equal(page.shows("v"), n);
  };
  return { hook, page, step, lines };
}

test("FrameServer.unregister: the frames that were fetched are shown", async (t) => {
  const calls = failing(t, FrameServer, "unregister");
  const { hook, page, step } = served(t);
  for (let n = 0; n < 10; n++) await step(n);
  assert.deepEqual([hook.stats().framesBy, hook.stats().fallbacks], [{ served: 10 }, []]);
  assert.ok(calls() > 0);
  page.close();
});

test("FrameServer.close: a page that loses its frames stays inline, and its end is no exception", async (t) => {
  const calls = failing(t, FrameServer, "close");
  const refusals = { fetches: false };
  const { hook, page, step } = served(t, refusals);
  await step(0);
  refusals.fetches = true;
  for (const n of [10, 20, 30, 35]) await step(n);
  assert.deepEqual(hook.stats().framesBy, { served: 1, inline: 4 });
  assert.equal(calls(), 1);
  page.close();
  assert.equal(calls(), 2);
});

test("FrameCache.stats at the end of a render: its summary without the cache", async (t) => {
  const { page, step, lines } = served(t);
  await step(0);
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const calls = failing(t, FrameCache, "stats");
  page.close();
  t.mock.timers.tick(30_000);
  assert.equal(calls(), 1);
  assert.deepEqual(lines, [
    "hyperframes-native is on: 1 video frame, served; no frame was decoded ahead, since screenshots kept their clip.",
  ]);
});
