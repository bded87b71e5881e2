/** Frames from the loopback server on a real page, and every way in which that can fail. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createVideoFrameInjector, type FrameHook } from "hyperframes-native";
import type { Page } from "puppeteer-core";
import { ffmpeg } from "../../dist/tools/bench/ffmpeg.js";
import { asIfBeginFrame } from "../support/begin-frame.ts";
import { TestBrowser } from "../support/browser.ts";
import { FrameFolder } from "../support/frames.ts";
import { StubLookup } from "../support/stub-page.ts";

const FRAMES = 40;
const browser = await TestBrowser.launch();
after(() => browser[Symbol.asyncDispose]());
const folder = new FrameFolder({ after }).path;
const frame = (n: number) => join(folder, `frame_${String(n).padStart(5, "0")}.jpg`);
const width = (n: number) => 100 + 2 * n;

before(async () => {
  // Each frame has a width of its own, so that the page can tell which one it shows.
  for (let n = 0; n < FRAMES; n++)
    await ffmpeg(["-f", "lavfi", "-i", `testsrc2=s=${width(n)}x20`, "-frames:v", "1", frame(n)]);
});

function hookFor(): FrameHook {
  const lookup = StubLookup.ofVideo(FRAMES, frame);
  const hook = createVideoFrameInjector(lookup, { transport: "served" });
  assert.ok(hook);
  return hook;
}

async function showsFrame(page: Page, n: number): Promise<string> {
  const { src, seen } = await page.evaluate(() => {
    const image = document.getElementById("v")?.nextElementSibling as HTMLImageElement;
    return { src: image.src, seen: image.complete ? image.naturalWidth : 0 };
  });
  assert.equal(seen, width(n), `frame ${n}`);
  return src.slice(0, 5);
}

test("the page fetches the frames ahead, and shows blobs of its own origin", async () => {
  const page = await browser.page(["v"]);
  asIfBeginFrame(page);
  const hook = hookFor();
  for (let n = 0; n < FRAMES; n++) {
    await hook(page, n / 10);
    assert.equal(await showsFrame(page, n), "blob:");
  }
  const { framesBy, ahead, fallbacks, cache } = hook.stats();
  assert.deepEqual([framesBy, fallbacks, cache.misses], [{ served: FRAMES }, [], 0]);
  assert.ok(ahead.hits >= FRAMES - 5, JSON.stringify(ahead));
  await page.close();
});

test("a Content-Security-Policy without blobs: all frames go inline", async () => {
  const page = await browser.page(["v"], "img-src 'self' data:");
  const hook = hookFor();
  for (let n = 0; n < 4; n++) {
    await hook(page, n / 10);
    assert.equal(await showsFrame(page, n), "data:");
  }
  assert.deepEqual(hook.stats().framesBy, { inline: 4 });
  await page.close();
});

/** Four videos, which show the same frames; from the third step on so many requests, one after the other, are reset. */
async function afterResets(resets: number): Promise<FrameHook> {
  const ids = ["v", "w", "x", "y"];
  const page = await browser.page(ids);
  const lookup = new StubLookup((time) => {
    const n = Math.floor(time * 10 + 1e-9);
    return n < FRAMES ? Object.fromEntries(ids.map((id) => [id, [frame(n), n]])) : {};
  });
  const hook = createVideoFrameInjector(lookup, { transport: "served", logger: { info: () => {} } });
  assert.ok(hook);
  await hook(page, 0);
  await hook(page, 0.1);
  // What is made ahead may fail without a word: it is the step's own requests that are to.
  await page.waitForNetworkIdle({ idleTime: 200 });
  let left = resets;
  let doomed: string | undefined;
  await page.setRequestInterception(true);
  page.on("request", (request) => {
    const url = request.url();
    if (left > 0 && url.startsWith("http://127.0.0.1") && url === (doomed ?? url)) {
      left--;
      doomed = left % 2 === 1 ? url : undefined;
      void request.abort("connectionreset");
    } else {
      void request.continue();
    }
  });
  // A jump: nothing of it was made ahead.
  for (let n = 20; n < FRAMES; n++) {
    await hook(page, n / 10);
    await showsFrame(page, n);
  }
  assert.equal(left, 0);
  await page.close();
  return hook;
}

test("one request that is reset is sent once more, and nothing goes inline", async () => {
  const { framesBy, fallbacks } = (await afterResets(1)).stats();
  assert.deepEqual([framesBy, fallbacks], [{ served: 4 * (FRAMES - 18) }, []]);
});

test("a frame that cannot be fetched takes its step inline, and those after it are served again", async () => {
  const { framesBy, fallbacks } = (await afterResets(2)).stats();
  assert.deepEqual(framesBy, { served: 4 * (FRAMES - 19), inline: 4 });
  assert.equal(fallbacks.length, 1);
  assert.equal(fallbacks[0]?.count, 1);
});

test("a server that cannot be reached any more: no frame is lost", async () => {
  const page = await browser.page(["v"]);
  const hook = hookFor();
  for (let n = 0; n < 3; n++) await hook(page, n / 10);
  await page.setOfflineMode(true);
  // A jump, so that what was fetched ahead is of no use.
  for (let n = 20; n < 30; n++) {
    await hook(page, n / 10);
    assert.equal(await showsFrame(page, n), "data:");
  }
  const { framesBy, fallbacks } = hook.stats();
  assert.deepEqual(framesBy, { served: 3, inline: 10 });
  assert.ok(fallbacks.some(({ reason }) => /^served: the page could not fetch it/.test(reason)));
  await page.close();
});

test("fetches that are never answered, from some frame on: a bounded time, and no frame is lost", {
  timeout: 60_000,
}, async () => {
  const page = await browser.page(["v"]);
  const hook = hookFor();
  for (let n = 0; n < 3; n++) await hook(page, n / 10);
  await page.setRequestInterception(true);
  page.on("request", (request) => {
    if (!request.url().startsWith("http://127.0.0.1")) request.continue();
  });
  for (let n = 20; n < 24; n++) {
    await hook(page, n / 10);
    assert.equal(await showsFrame(page, n), "data:");
  }
  assert.deepEqual(hook.stats().framesBy, { served: 3, inline: 4 });
  assert.ok(hook.stats().hook.maxMs < 25_000);
  await page.close();
});
