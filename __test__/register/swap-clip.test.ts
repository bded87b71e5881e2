/** The clip of screenshots: swapped in the published files, left alone elsewhere, and decided rightly. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Captures } from "../../dist/ts/page/capture-clip.js";
import { prepareScreenshot } from "../../dist/ts/page/functions.js";
import { captureClip } from "../../dist/ts/page-session.js";
import { swapSource } from "../../dist/ts/register/rewrite.js";
import { CLIP_KEY, SWAP_KEY } from "../../dist/ts/upstream.js";
import { CAPTURE_SAMPLE } from "../support/capture-sample.ts";
import { givenFrames } from "../support/given-frames.ts";
import { UNKNOWN, UPSTREAM } from "../support/host.ts";
import { publishedFiles, swapClip } from "../support/swap.ts";

for (const file of publishedFiles("screenshotService.js")) {
  test(`${file.slice(file.indexOf("@hyperframes"))}: one line changes`, () => {
    const source = readFileSync(file, "utf8");
    const before = source.split("\n");
    const after = swapClip(source).split("\n");
    assert.equal(after.length, before.length);
    const changed = before.filter((line, n) => line !== after[n]);
    assert.equal(changed.length, 1);
    assert.match(changed[0] ?? "", /const clip = /);
  });
}

test("of a bundle whose injector is not known the clip stays as well", () => {
  const upstream = { name: "hyperframes", version: "9.9.9" };
  const swapped = (definition: string) =>
    swapSource({
      upstream,
      url: "file:///bundle.js",
      source: `${CAPTURE_SAMPLE}\n${definition}`,
    }).source?.toString() ?? "";
  assert.ok([CLIP_KEY, SWAP_KEY].every((key) => swapped(UPSTREAM).includes(key)));
  assert.equal(swapped(UNKNOWN), "");
});

for (const [name, source] of Object.entries({
  "two functions": `${CAPTURE_SAMPLE}\n${CAPTURE_SAMPLE}`,
  "two clips": CAPTURE_SAMPLE.replace("  return", CAPTURE_SAMPLE.split("\n")[2]?.concat("\n  return") ?? ""),
  "another clip": CAPTURE_SAMPLE.replace("x: 0", "x: 1"),
  "another object": CAPTURE_SAMPLE.replace("options.width", "other.width").replace(
    "options.height",
    "other.height",
  ),
  "captures that always go beyond the viewport": CAPTURE_SAMPLE.replace(
    "options.captureBeyondViewport ?? false",
    "true",
  ),
  "captures of which is not known whether they go beyond the viewport": CAPTURE_SAMPLE.replace(
    "captureBeyondViewport: options.captureBeyondViewport ?? false,",
    "",
  ),
  "a clip that something else looks at": CAPTURE_SAMPLE.replace(
    "  return",
    "  console.log(clip.width);\n  return",
  ),
  "a clip that is changed": CAPTURE_SAMPLE.replace(
    "  return",
    "  Object.assign(clip, { scale: 2 });\n  return",
  ),
  "a clip that goes elsewhere, too": CAPTURE_SAMPLE.replace("  return", "  check({ clip });\n  return"),
  "a clip of its own name in what is asked": CAPTURE_SAMPLE.replace(
    "false, clip }",
    "false, clip: { ...clip } }",
  ),
  "no such function": CAPTURE_SAMPLE.replace("pageScreenshotCapture", "screenshot"),
  "a clip outside the function": `${CAPTURE_SAMPLE.split("\n")[2]}\n`,
})) {
  test(`left alone: ${name}`, () => assert.equal(swapClip(source), source));
}

/** No frame that Chrome may decode at a smaller scale. */
const NONE = { scalableIds: [], hasOthers: false };

/** What a page without an image of its own answers. */
const WITHOUT_IMAGES = {
  on: () => undefined,
  createCDPSession: async () => ({
    send: async () => ({ frameTree: { frame: { id: "1" }, resources: [] } }),
    detach: async () => undefined,
  }),
};

test("the clip goes only where it is the whole viewport at scale 1 of a page that stands at its origin and shows frames, which is known to keep its images then", async () => {
  const clip = { x: 0, y: 0, width: 640, height: 360, scale: 1 };
  const VIEWPORT = { width: 640, height: 360 };
  let asked = 0;
  const capturesOf = (
    viewport: object | null | undefined,
    answer: () => Promise<unknown> = async () => true,
  ) => {
    const evaluate = async (pageFunction: unknown) => {
      if (pageFunction !== prepareScreenshot) return [];
      asked++;
      return answer();
    };
    const captures = new Captures({
      ...WITHOUT_IMAGES,
      ...(viewport === undefined ? {} : { viewport: () => viewport }),
      evaluate,
    });
    captures.showsFrames = true;
    return captures;
  };
  const whole = capturesOf(VIEWPORT);
  assert.equal(await whole.clip({}, clip, NONE), undefined);
  assert.equal(whole.keepsDecoded, true);
  assert.equal(asked, 1);
  const withoutFrames = capturesOf(VIEWPORT);
  withoutFrames.showsFrames = false;
  const stays: Array<[Captures, options: object, clip: typeof clip]> = [
    [capturesOf({ width: 640, height: 361 }), {}, clip],
    [capturesOf({ width: 640, height: 360, deviceScaleFactor: 2 }), {}, clip],
    [capturesOf(VIEWPORT), { captureBeyondViewport: true }, clip],
    [capturesOf(VIEWPORT), {}, { ...clip, scale: 2 }],
    [capturesOf(VIEWPORT), {}, { ...clip, y: 1 }],
    [capturesOf(null), {}, clip],
    [capturesOf(undefined), {}, clip],
    [withoutFrames, {}, clip],
  ];
  assert.equal(await capturesOf(VIEWPORT).clip({}, clip, { ...NONE, hasOthers: true }), clip);
  asked = 1;
  for (const [where, options, given] of stays) {
    assert.equal(await where.clip(options, given, NONE), given);
    assert.equal(where.keepsDecoded, false);
  }
  assert.equal(asked, 1, "none of these needs to be asked");
  const failing = async () => Promise.reject(new Error("Target closed"));
  for (const answer of [async () => false, async () => undefined, failing]) {
    const where = capturesOf(VIEWPORT, answer);
    assert.equal(await where.clip({}, clip, NONE), clip);
    assert.equal(where.keepsDecoded, false);
  }
});

test("the clip is the page's session's to decide: a page without one keeps it, and so does one that its hook never gave a frame", async () => {
  const clip = { x: 0, y: 0, width: 640, height: 360, scale: 1 };
  const page = () => ({
    viewport: () => ({ width: 640, height: 360 }),
    evaluate: async (pageFunction: unknown) => (pageFunction === prepareScreenshot ? true : []),
    ...WITHOUT_IMAGES,
  });
  assert.equal(await captureClip(page(), {}, clip), clip);
  const given = page();
  await givenFrames(given);
  assert.equal(await captureClip(given, {}, clip), undefined);
});

test("without a word from a capture, only a browser under BeginFrame control is known to keep its images", () => {
  const keepsDecoded = (page: object) =>
    new Captures({ evaluate: async () => undefined, ...page }).keepsDecoded;
  const launched = (spawnargs: string[]) => ({ browser: () => ({ process: () => ({ spawnargs }) }) });
  assert.equal(keepsDecoded(launched(["--headless", "--enable-begin-frame-control"])), true);
  assert.equal(keepsDecoded(launched(["--headless"])), false);
  assert.equal(keepsDecoded({}), false);
  const fails = () => {
    throw new Error("no browser");
  };
  assert.equal(keepsDecoded({ browser: fails }), false);
});

test("a page that is zoomed into does not stand at its origin", async (t) => {
  t.after(() => {
    Reflect.deleteProperty(globalThis, "window");
    Reflect.deleteProperty(globalThis, "document");
  });
  const fitting = { scrollWidth: 320, clientWidth: 320, scrollHeight: 180, clientHeight: 180 };
  Object.assign(globalThis, { document: { scrollingElement: fitting } });
  const origin = { offsetLeft: 0, offsetTop: 0, scale: 1 };
  const stands = (visualViewport: object | null) => {
    Object.assign(globalThis, { window: { devicePixelRatio: 1, scrollX: 0, scrollY: 0, visualViewport } });
    return prepareScreenshot([]);
  };
  assert.deepEqual([await stands(origin), await stands(null)], [true, true]);
  for (const zoomed of [{ offsetLeft: 1 }, { offsetTop: 1 }, { scale: 2 }])
    assert.equal(await stands({ ...origin, ...zoomed }), false);
});
