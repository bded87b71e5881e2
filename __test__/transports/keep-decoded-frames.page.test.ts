/** Screenshots without their clip: the same picture, and the page is known to keep its images. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { keepDecodedFrames } from "hyperframes-native";
import type { CDPSession, Page } from "puppeteer-core";
import { TestBrowser } from "../support/browser.ts";
import { givenFrames } from "../support/given-frames.ts";

const browser = await TestBrowser.launch();
after(() => browser[Symbol.asyncDispose]());

const CAPTURE = { format: "png", fromSurface: true, captureBeyondViewport: false };
/** What upstream's screenshots ask for: the whole viewport of {@link TestBrowser}. */
const WHOLE = { ...CAPTURE, clip: { x: 0, y: 0, width: 320, height: 180, scale: 1 } };

async function capture(session: CDPSession): Promise<string> {
  return (await session.send("Page.captureScreenshot", WHOLE as never)).data;
}

test("a clip that is the whole viewport is left out, and the picture is the same to the bit", async (t) => {
  const page = await browser.page([]);
  await page.evaluate(() => {
    document.body.style.background = "linear-gradient(45deg, red, blue 40%, lime)";
    document.body.innerHTML = "<p style='font:40px serif;transform:rotate(7deg)'>Every pixel</p>";
  });
  await drawn(page);
  const session = await page.createCDPSession();
  const sent: object[] = [];
  const send = session.send.bind(session);
  session.send = ((method: "Page.captureScreenshot", parameters: object) => {
    sent.push(parameters);
    return send(method, parameters as never);
  }) as typeof session.send;

  const captures = await givenFrames(page);
  const before = await capture(session);
  keepDecodedFrames(page, session);
  const after = await capture(session);
  assert.equal(after, before);
  assert.deepEqual([sent[0], { ...sent[1] }], [WHOLE, { ...CAPTURE, clip: undefined }]);
  assert.equal(captures.keepsDecoded, true);

  const part = { ...CAPTURE, clip: { x: 0, y: 0, width: 100, height: 180, scale: 1 } } as const;
  await session.send("Page.captureScreenshot", part as never);
  assert.deepEqual(sent[2], part);
  assert.equal(captures.keepsDecoded, false);

  process.env.HYPERFRAMES_NATIVE_CLIP = "keep";
  t.after(() => delete process.env.HYPERFRAMES_NATIVE_CLIP);
  assert.equal(await capture(session), before);
  assert.deepEqual(sent[3], WHOLE);
  await page.close();
});

/** A screenshot right after a script may show what was there before it. */
async function drawn(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** Larger than the viewport on both sides. */
const LARGE = `<div style="width:900px;height:700px;background:linear-gradient(45deg,red,blue 40%,lime)">
<div style="position:fixed;left:9px;top:9px">fixed</div></div>`;
/** No larger than the viewport. */
const SMALL = LARGE.replace("900px", "300px").replace("700px", "170px");

/** Ways to stand elsewhere than at the origin, or to look as if. */
const STANDS: Readonly<Record<string, readonly [html: string, keeps: boolean, script?: string]>> = {
  "at the origin of a larger document": [LARGE, false],
  "scrolled down": [LARGE, true, "scrollTo(0, 300)"],
  "scrolled sideways": [LARGE, true, "scrollTo(200, 0)"],
  "scrolled by half a pixel": [LARGE, true, "scrollTo(0, 0.5)"],
  "scrolled where users cannot": [`<style>html{overflow:hidden}</style>${LARGE}`, true, "scrollTo(9, 9)"],
  "from right to left": [`<style>html{direction:rtl}</style>${LARGE}`, true],
  "from right to left by its body": [`<style>body{direction:rtl}</style>${LARGE}`, true],
  "from right to left, where users cannot scroll": [
    `<style>html{direction:rtl;overflow:hidden}</style>${LARGE}`,
    true,
  ],
  "from right to left, scrolled": [`<style>html{direction:rtl}</style>${LARGE}`, true, "scrollTo(-200, 0)"],
  "from right to left, and it fits": [`<style>html{direction:rtl}</style>${SMALL}`, false],
  "in columns from right to left": [`<style>html{writing-mode:vertical-rl}</style>${LARGE}`, true],
  "in columns from the bottom up": [`<style>html{writing-mode:sideways-lr}</style>${LARGE}`, true],
  "of reversed boxes": [
    `<style>html,body{display:flex;flex-direction:row-reverse;align-items:end}</style>${LARGE}`,
    false,
  ],
  "scrolled in quirks mode": [`<!-- no doctype -->${LARGE}`, true, "document.body.scrollTop = 250"],
  "from right to left in quirks mode": [
    `<!-- no doctype --><style>html{direction:rtl;overflow:auto}body{overflow:auto}</style>${LARGE}`,
    true,
  ],
  "a part of it scrolled": [
    `<div id="part" style="width:320px;height:180px;overflow:auto">${LARGE}</div>`,
    false,
    "document.getElementById('part').scrollTop = 250",
  ],
};

for (const [name, [html, keeps, script = ""]] of Object.entries(STANDS)) {
  test(`${name}: the same picture with the clip and as it is captured`, async () => {
    const page = await browser.page([]);
    const doctype = html.startsWith("<!--") ? "" : "<!doctype html>";
    await page.setContent(`${doctype}<body style="margin:0">${html}</body>`);
    await page.evaluate(script);
    await drawn(page);
    const session = await page.createCDPSession();
    const right = await capture(session);
    const captures = await givenFrames(page);
    keepDecodedFrames(page, session);
    assert.equal(await capture(session), right);
    assert.equal(captures.keepsDecoded, !keeps);
    await page.close();
  });
}

declare const box: HTMLElement & { seeked?: Animation };

/** Layers that Chrome may draw at another scale than they are shown at: changed step by step in the page, `t` from 0 to 1. */
const LAYERS: Readonly<Record<string, readonly [style: string, step: (t: number) => void]>> = {
  "scaled down": ["will-change:transform", (t) => box.style.setProperty("scale", `${3 - 2.9 * t}`)],
  "scaled up": [
    "will-change:transform",
    (t) => {
      box.style.transform = `scale(${1 + 3 * t}) rotate(${90 * t}deg)`;
    },
  ],
  "turned in space": [
    "will-change:transform",
    (t) => {
      box.style.transform = `perspective(300px) rotateY(${80 * t}deg) scale(1.5)`;
    },
  ],
  "animated by the page": [
    "",
    (t) => {
      box.seeked ??= box.animate({ transform: ["scale(4)", "scale(.2)"] }, { duration: 1000, fill: "both" });
      box.seeked.pause();
      box.seeked.currentTime = 999 * t;
    },
  ],
  "behind frosted glass": [
    "backdrop-filter:blur(5px);width:200px;height:90px;background:#fff4",
    (t) => {
      box.style.left = `${20 + 50 * t}px`;
    },
  ],
};

for (const [name, [style, step]] of Object.entries(LAYERS)) {
  test(`a layer ${name}: the same pictures with the clip and without`, async () => {
    const [clipped, whole] = [
      await layerPictures(style, step, false),
      await layerPictures(style, step, true),
    ];
    assert.deepEqual(whole, clipped);
    assert.equal(new Set(clipped).size, clipped.length, "each step is another picture");
  });
}

async function layerPictures(style: string, step: (t: number) => void, keeps: boolean): Promise<string[]> {
  const page = await browser.page([]);
  await page.setContent(`<!doctype html><body style="margin:0;background:linear-gradient(45deg,#eee,#8ad)">
    <div id="box" style="position:absolute;left:20px;top:20px;font:20px serif;${style}">Every pixel</div>`);
  await drawn(page); // at which scale a layer is first drawn decides how it looks later
  const session = await page.createCDPSession();
  const captures = await givenFrames(page);
  if (keeps) keepDecodedFrames(page, session);
  const pictures: string[] = [];
  for (let n = 0; n < 8; n++) {
    await page.evaluate(step, n / 7);
    await drawn(page);
    pictures.push(await capture(session));
  }
  assert.equal(captures.keepsDecoded, keeps);
  await page.close();
  return pictures;
}

for (const scale of ["1.25", "1.5", "2"]) {
  test(`a host whose device scale is ${scale}: the same picture, with the clip`, async (t) => {
    const host = await TestBrowser.launch({ args: [`--force-device-scale-factor=${scale}`] });
    t.after(() => host[Symbol.asyncDispose]());
    const page = await host.page([]);
    const [width, height] = [321, 181]; // at 1.25 no whole number of pixels
    await page.setViewport({ width, height });
    await page.setContent(`<!doctype html><body style="margin:0">${LARGE}</body>`);
    await drawn(page);
    const session = await page.createCDPSession();
    const whole = { ...CAPTURE, clip: { x: 0, y: 0, width, height, scale: 1 } };
    const take = async () => (await session.send("Page.captureScreenshot", whole as never)).data;
    const right = await take();
    const captures = await givenFrames(page);
    keepDecodedFrames(page, session);
    assert.equal(await take(), right);
    assert.equal(captures.keepsDecoded, false);
  });
}
