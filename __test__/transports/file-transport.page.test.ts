/** Frames as files on a real page: what is shown, what is let go, and every way in which it can fail. */
import assert from "node:assert/strict";
import { copyFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import {
  createVideoFrameInjector,
  type FrameHook,
  keepDecodedFrames,
  type VideoFrameInjectorOptions,
} from "hyperframes-native";
import type { Page } from "puppeteer-core";
import { ffmpeg } from "../../dist/tools/bench/ffmpeg.js";
import { asIfBeginFrame } from "../support/begin-frame.ts";
import { TestBrowser } from "../support/browser.ts";
import { FrameFolder } from "../support/frames.ts";
import { StubLookup } from "../support/stub-page.ts";

const browser = await TestBrowser.launch();
after(() => browser[Symbol.asyncDispose]());
const folder = new FrameFolder({ after }).path;
const frame = (n: number) => join(folder, `frame_${String(n).padStart(5, "0")}.png`);
const width = (n: number) => 100 + 2 * n;

before(async () => {
  // Each frame has one colour, and a width of its own, so that the page can tell which one it shows.
  for (let n = 0; n < 40; n++) {
    const source = `color=c=0x${(n * 6).toString(16).padStart(2, "0")}8040:s=${width(n)}x20`;
    await ffmpeg(["-f", "lavfi", "-i", source, "-frames:v", "1", frame(n)]);
  }
});

/** One video at ten frames a second. */
function hookFor(options: VideoFrameInjectorOptions = {}, path = frame): FrameHook {
  const lookup = StubLookup.ofVideo(40, path);
  const hook = createVideoFrameInjector(lookup, { transport: "file", ...options });
  assert.ok(hook);
  return hook;
}

function shown(page: Page): Promise<{ src: string; width: number }> {
  return page.evaluate(() => {
    const image = document.getElementById("v")?.nextElementSibling as HTMLImageElement;
    return { src: image.src, width: image.complete ? image.naturalWidth : 0 };
  });
}

/** Whether a blob URL can still be loaded. */
const isAlive = (page: Page, url: string) =>
  page.evaluate((blob) => fetch(blob).then(Boolean, () => false), url);

test("Chrome shows the files, decoded ahead; the one before is let go when its successor is shown", async () => {
  const page = await browser.page(["v"]);
  asIfBeginFrame(page);
  const hook = hookFor();
  let before: string | undefined;
  for (let n = 0; n < 40; n++) {
    await hook(page, n / 10);
    const { src, width: seen } = await shown(page);
    assert.match(src, /^blob:/);
    assert.equal(seen, width(n));
    assert.equal(await isAlive(page, src), true);
    if (before !== undefined) assert.equal(await isAlive(page, before), false);
    before = src;
  }
  const { framesBy, ahead, fallbacks, cache } = hook.stats();
  assert.deepEqual(framesBy, { file: 40 });
  assert.deepEqual(fallbacks, []);
  assert.ok(ahead.hits >= 35, JSON.stringify(ahead));
  assert.equal(ahead.hits + ahead.misses, 40);
  assert.deepEqual([cache.misses, cache.bytes], [0, 0]); // no byte went through Node
  const { src } = await shown(page);
  await hook(page, 100); // nothing is active any more: the last one goes, too
  assert.equal(await isAlive(page, src), false);
  await page.close();
});

test("a page that is not known to keep its images has no frame decoded ahead", async () => {
  const page = await browser.page(["v"]);
  const hook = hookFor();
  for (let n = 0; n < 10; n++) await hook(page, n / 10);
  assert.equal((await shown(page)).width, width(9));
  assert.equal(hook.stats().ahead.hits, 0);
  await page.close();
});

test("steps of few bytes go inline without a look at the page", async () => {
  const page = await browser.page(["v"]);
  const hook = hookFor({ transport: "auto" });
  for (let n = 0; n < 5; n++) await hook(page, n / 10);
  assert.deepEqual(hook.stats().framesBy, { inline: 5 });
  assert.equal((await shown(page)).width, width(4));
  await page.close();
});

test("seeks, strides and repeats show the right frame", async () => {
  const page = await browser.page(["v"]);
  asIfBeginFrame(page);
  const hook = hookFor();
  for (const n of [0, 1, 2, 20, 21, 22, 21, 22, 22, 22, 5, 8, 11, 14, 17, 0, 39, 1]) {
    await hook(page, n / 10);
    assert.equal((await shown(page)).width, width(n), `frame ${n}`);
  }
  assert.deepEqual(hook.stats().fallbacks, []);
  await page.close();
});

test("a frame that does not appear goes inline in the same call; after three the page stays inline", async () => {
  const page = await browser.page(["v"]);
  const hook = hookFor();
  await hook(page, 0);
  assert.equal((await shown(page)).src.slice(0, 5), "blob:");
  // From here on the page's blobs are of nothing: their URLs are known, and do not load.
  await page.evaluate(() => {
    const create = URL.createObjectURL;
    URL.createObjectURL = (source) => {
      const url = create(source);
      URL.revokeObjectURL(url);
      return url;
    };
  });
  for (let n = 1; n < 8; n++) {
    await hook(page, n / 10);
    const { src, width: seen } = await shown(page);
    assert.equal(seen, width(n), `frame ${n}`);
    assert.equal(src.slice(0, 5), "data:");
  }
  const { framesBy, fallbacks } = hook.stats();
  assert.deepEqual(framesBy, { file: 1, inline: 7 });
  assert.deepEqual(fallbacks, [{ reason: "a frame did not appear (file)", count: 3 }]);
  await page.close();
});

test("paths with spaces, #, %, quotes and non-ASCII, through a symlink", async (t) => {
  const own = new FrameFolder(t).path;
  const link = join(own, "linked dir #1 %41 'é' \"ü\"");
  symlinkSync(folder, link);
  const page = await browser.page(["v"]);
  const hook = hookFor({}, (n) => join(link, `frame_${String(n).padStart(5, "0")}.png`));
  for (let n = 0; n < 4; n++) {
    await hook(page, n / 10);
    assert.equal((await shown(page)).width, width(n));
  }
  assert.deepEqual(hook.stats().framesBy, { file: 4 });
  await page.close();
});

test("a page that goes to another document is served there", async () => {
  const page = await browser.page(["v"]);
  const hook = hookFor();
  for (let n = 0; n < 4; n++) await hook(page, n / 10);
  await page.reload();
  await page.evaluate(() => {
    document.body.innerHTML =
      "<video id=v data-start=0 style='position:absolute;width:160px;height:90px'></video>";
  });
  for (let n = 4; n < 12; n++) {
    await hook(page, n / 10);
    assert.equal((await shown(page)).width, width(n));
  }
  await page.close();
});

test("the transparent background that upstream has set stays: no DevTools session is detached from a living page", async () => {
  const page = await browser.page(["v"]);
  const session = await page.createCDPSession();
  await session.send("Emulation.setDefaultBackgroundColorOverride", { color: { r: 0, g: 0, b: 0, a: 0 } });
  keepDecodedFrames(page, session);
  const clip = { x: 0, y: 0, width: 320, height: 180, scale: 1 };
  /** Opacity of the corner, where the page has nothing. */
  const opacity = async () => {
    const { data } = await session.send("Page.captureScreenshot", { format: "png", clip });
    return page.evaluate(async (bytes) => {
      const image = new Image();
      image.src = `data:image/png;base64,${bytes}`;
      await image.decode();
      const canvas = document.createElement("canvas");
      const context = canvas.getContext("2d");
      context?.drawImage(image, -319, -179);
      return context?.getImageData(0, 0, 1, 1).data[3];
    }, data);
  };
  const copies = new FrameFolder({ after });
  const copy = (n: number) => join(copies.path, `${n}.png`);
  for (let n = 0; n < 40; n++) copyFileSync(frame(n), copy(n));
  const hook = hookFor({}, copy);
  assert.equal(await opacity(), 0);
  await hook(page, 0);
  assert.equal(await opacity(), 0, "after the page's own images were looked at");
  // As a browser does that is short of memory: what is shown next does not load, until the page stays inline.
  await page.evaluate(() => {
    URL.createObjectURL = () => "blob:nothing";
  });
  for (const n of [10, 20, 30, 35]) await hook(page, n / 10);
  assert.deepEqual(hook.stats().framesBy, { file: 1, inline: 4 });
  assert.equal(await opacity(), 0, "after the transport was given up");
  await page.close();
});
