/**
 * Frames that Chrome may decode at a smaller scale: the picture of a screenshot does not depend on what was decoded before. Each row
 * says whether it would; that is made to happen, so that the test knows what it guards against.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { injectVideoFramesBatch, syncVideoFrameVisibility } from "@hyperframes/engine";
import { createVideoFrameInjector, keepDecodedFrames } from "hyperframes-native";
import type { CDPSession, Page } from "puppeteer-core";
import { ffmpeg } from "../../dist/tools/bench/ffmpeg.js";
import { PageSession } from "../../dist/ts/page-session.js";
import { TestBrowser } from "../support/browser.ts";
import { FrameFolder } from "../support/frames.ts";
import { StubLookup } from "../support/stub-page.ts";

const browser = await TestBrowser.launch();
after(() => browser[Symbol.asyncDispose]());
const folder = new FrameFolder({ after }).path;

const VIEWPORT = { width: 640, height: 360 };
const CLIP = { x: 0, y: 0, ...VIEWPORT, scale: 1 };

/** How ffmpeg writes the frames, by name. */
const FORMATS = {
  "jpeg 4:2:0": ["jpg", "yuvj420p"],
  "jpeg 4:2:2": ["jpg", "yuvj422p"],
  "jpeg 4:4:4": ["jpg", "yuvj444p"],
  "jpeg grey": ["jpg", "gray"],
  png: ["png", "rgb24"],
  webp: ["webp", "yuv420p"],
} as const;

type Format = keyof typeof FORMATS;

/** Four frames of noise on soft shapes, so that every way of making them smaller gives pixels of its own. */
async function frames(size: string, format: Format): Promise<(n: number) => string> {
  const [extension, pixels] = FORMATS[format];
  const path = (n: number) =>
    `${folder}/${size}-${format.replaceAll(/\W/g, "")}-${String(n).padStart(5, "0")}.${extension}`;
  const source = `testsrc2=s=${size}:r=30,noise=alls=40:allf=t:all_seed=7`;
  await ffmpeg([
    ...["-y", "-f", "lavfi", "-i", source, "-frames:v", "4", "-start_number", "0", "-pix_fmt", pixels],
    ...["-q:v", "2", "-f", "image2", ...(extension === "webp" ? ["-c:v", "libwebp"] : [])],
    path(0).replace("00000", "%05d"),
  ]);
  return path;
}

interface Row {
  readonly size: string;
  readonly format?: Format;
  readonly style: string;
  /** Around the video. */
  readonly wrapper?: string;
  /** Whether a decode of the whole picture would show. */
  readonly depends: boolean;
}

const AT = "position:absolute;left:7px;top:5px;";
const SMALL = `${AT}width:320px;height:240px`;
const HALF = `${AT}width:320px;height:180px`;

const EIGHTH = `${AT}width:160px;height:90px`;
const LARGE = `${AT}width:600px;height:450px`;
const SHRUNK = "transform:scale(.4);transform-origin:0 0";
const LAYER = "will-change:transform;transform:scale(.9)";
const ENLARGED = "will-change:transform;transform:scale(3);transform-origin:0 0";

/** A `depends` that is wrong fails the test: row by row the table of docs/transports.md. */
const ROWS: Readonly<Record<string, Row>> = {
  "half the size, 4:4:4": { size: "640x480", format: "jpeg 4:4:4", style: SMALL, depends: true },
  "half the size, 4:2:0": { size: "640x480", style: SMALL, depends: true },
  "half the size, 4:2:2": { size: "640x480", format: "jpeg 4:2:2", style: SMALL, depends: true },
  "half the size, grey": { size: "640x480", format: "jpeg grey", style: SMALL, depends: true },
  "half the size, no whole MCUs": { size: "640x360", style: HALF, depends: false },
  "half the size, png": { size: "640x480", format: "png", style: HALF, depends: false },
  "half the size, webp": { size: "640x480", format: "webp", style: HALF, depends: false },
  "less than half": { size: "1280x720", style: `${AT}width:480px;height:270px`, depends: true },
  "a quarter": { size: "1280x720", style: HALF, depends: true },
  "an eighth": { size: "1280x720", style: EIGHTH, depends: true },
  "more than half": { size: "640x480", style: `${AT}width:400px;height:300px`, depends: false },
  upright: { size: "720x1280", style: `${AT}width:180px;height:320px`, depends: true },
  "cut to fill a box": {
    size: "1280x720",
    style: `${AT}width:200px;height:300px;object-fit:cover`,
    depends: false,
  },
  "fitted into a box": {
    size: "1280x720",
    style: `${AT}width:600px;height:200px;object-fit:contain`,
    depends: true,
  },
  "stretched one way": {
    size: "640x480",
    style: `${AT}width:600px;height:60px;object-fit:fill`,
    depends: false,
  },
  "made smaller by a transform": { size: "640x480", style: `${LARGE};${SHRUNK}`, depends: true },
  "made smaller around it": { size: "640x480", style: LARGE, wrapper: SHRUNK, depends: true },
  "zoomed out": { size: "640x480", style: LARGE, wrapper: "zoom:.4", depends: true },
  "turned and small": {
    size: "1280x720",
    style: `${AT}width:300px;height:169px;transform:rotate(30deg)`,
    depends: true,
  },
  "in a layer of its own": { size: "1280x720", style: HALF, wrapper: LAYER, depends: true },
  "in a layer that is enlarged": { size: "1280x720", style: EIGHTH, wrapper: ENLARGED, depends: true },
  pixelated: { size: "1280x720", style: `${HALF};image-rendering:pixelated`, depends: true },
};

async function pageOf(
  { style, wrapper = "" }: Pick<Row, "style" | "wrapper">,
  own = "",
): Promise<[Page, CDPSession]> {
  const page = await browser.blankPage();
  await page.setViewport(VIEWPORT);
  await page.setContent(
    `<!doctype html><body style="margin:0;background:#345"><div style="${wrapper}"><video id="v" data-start="0" style="${style}"></video></div>${own}`,
  );
  return [page, await page.createCDPSession()];
}

async function screenshot(session: CDPSession): Promise<string> {
  const options = { format: "png", fromSurface: true, captureBeyondViewport: false, clip: CLIP } as const;
  return (await session.send("Page.captureScreenshot", options)).data;
}

/** The picture of a frame by itself; `whole`: after the whole of it was decoded, by an image that takes up the same URL. */
async function pictureOf(row: Row, path: string, whole: boolean): Promise<string> {
  const [page, session] = await pageOf(row);
  const type = path.slice(path.lastIndexOf(".") + 1).replace("jpg", "jpeg");
  const dataUri = `data:image/${type};base64,${readFileSync(path).toString("base64")}`;
  // The image as the engine makes it; then the frame anew, since the engine has decoded this one whole.
  await syncVideoFrameVisibility(page as never, ["v"]);
  await injectVideoFramesBatch(page as never, [{ videoId: "v", dataUri }]);
  await page.evaluate(async (isDecoded) => {
    const image = document.getElementById("v")?.nextElementSibling as HTMLImageElement;
    const url = URL.createObjectURL(await (await fetch(image.src)).blob());
    const ahead = new Image();
    ahead.decoding = "sync";
    await new Promise((done) => {
      ahead.onload = done;
      ahead.src = url;
    });
    if (isDecoded) await ahead.decode();
    image.src = url;
  }, whole);
  const options = { format: "png", fromSurface: true, captureBeyondViewport: false } as const;
  const { data } = await session.send("Page.captureScreenshot", options);
  await page.close();
  return data;
}

/** What the hook shows of the last of four frames, which it had decoded ahead; and whether captures keep what is decoded. */
async function pictureByHook(row: Row, path: (n: number) => string): Promise<[string, boolean]> {
  const [page, session] = await pageOf(row);
  keepDecodedFrames(page, session);
  const hook = createVideoFrameInjector(StubLookup.ofVideo(4, path), { transport: "file" });
  assert.ok(hook);
  let picture = "";
  for (const time of [0, 0.1, 0.2, 0.3]) {
    await hook(page, time);
    picture = await screenshot(session);
  }
  const keeps = PageSession.of(page)?.captures.keepsDecoded === true;
  await page.close();
  assert.ok(hook.stats().ahead.hits > 0, "nothing was decoded ahead");
  return [picture, keeps];
}

for (const [name, row] of Object.entries(ROWS)) {
  test(`${name} (${row.size}): the same picture whatever was decoded before`, async () => {
    const path = await frames(row.size, row.format ?? "jpeg 4:2:0");
    const picture = await pictureOf(row, path(3), false);
    assert.equal((await pictureOf(row, path(3), true)) !== picture, row.depends, "what a whole decode does");
    assert.deepEqual(await pictureByHook(row, path), [picture, true]);
  });
}

/** Images that a page has besides its frames, with whether they may be decoded smaller; `URL` stands for one of such a size. */
const OWN: Readonly<Record<string, readonly [html: string, keepsClip: boolean]>> = {
  "an image": ["<img src='URL' width=50>", true],
  "a background": ["<div style='width:50px;height:50px;background:url(URL) 0 0/50px'></div>", true],
  "what stands before": ["<style>p::before{content:url(URL)}</style><p></p>", true],
  "a picture element": ["<picture><source srcset='URL'><img width=50></picture>", true],
  "an image in a drawing": ["<svg width=50 height=50><image href='URL' width=50 height=50 /></svg>", true],
  "an image in a frame": [`<iframe srcdoc="<img src='URL' width=50>"></iframe>`, true],
  "an image of no whole MCUs": ["<img src='OTHER' width=50>", false],
  "no image": ["", false],
};

for (const [name, [html, keepsClip]] of Object.entries(OWN)) {
  test(`a page with ${name} of its own ${keepsClip ? "keeps" : "loses"} its clip`, async () => {
    const [whole, other, path] = [
      (await frames("640x480", "jpeg 4:2:0"))(0),
      (await frames("200x100", "jpeg 4:2:0"))(0),
      await frames("640x360", "jpeg 4:2:0"),
    ];
    const uri = (file: string) => `data:image/jpeg;base64,${readFileSync(file).toString("base64")}`;
    const own = html.replace("URL", uri(whole)).replace("OTHER", uri(other));
    const [page, session] = await pageOf({ style: HALF }, own);
    keepDecodedFrames(page, session);
    await createVideoFrameInjector(StubLookup.ofVideo(4, path), { transport: "file" })?.(page, 0);
    await screenshot(session);
    assert.equal(PageSession.of(page)?.captures.keepsDecoded, !keepsClip);
    await page.close();
  });
}

/** Images that come after the frames, by path, with whether the clip stays from then on. */
const LATER: Readonly<
  Record<string, readonly [path: string, size: string, format: Format, keepsClip: boolean]>
> = {
  "an image": ["later.jpg", "640x480", "jpeg 4:2:0", true],
  "a png": ["later.png", "640x480", "png", false],
  "a frame that upstream serves": ["__hyperframes_video_frames__/1/1", "640x480", "jpeg 4:2:0", false],
};

for (const [name, [place, size, format, keepsClip]] of Object.entries(LATER)) {
  test(`a page that loads ${name} later ${keepsClip ? "keeps" : "loses"} its clip, whatever its frames are`, async (t) => {
    const own = (await frames(size, format))(0);
    // Frames of whole MCUs, some of which are gone when the image comes.
    const path = await frames("1280x720", "jpeg 4:2:0");
    const type = format === "png" ? "image/png" : "image/jpeg";
    const server = createServer((_, response) => {
      const headers = { "access-control-allow-origin": "*", "content-type": type };
      response.writeHead(200, headers).end(readFileSync(own));
    }).listen(0, "127.0.0.1");
    t.after(() => server.close());
    await once(server, "listening");
    const [page, session] = await pageOf({ style: HALF });
    keepDecodedFrames(page, session);
    const hook = createVideoFrameInjector(StubLookup.ofVideo(4, path), { transport: "file" });
    for (const time of [0, 0.1, 0.2]) {
      await hook?.(page, time);
      await screenshot(session);
    }
    assert.equal(PageSession.of(page)?.captures.keepsDecoded, true);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${place}`;
    await page.evaluate(async (src) => {
      const image = new Image();
      image.src = src;
      document.body.append(image);
      await image.decode();
    }, url);
    await hook?.(page, 0.3);
    await screenshot(session);
    assert.equal(PageSession.of(page)?.captures.keepsDecoded, !keepsClip);
    await page.close();
  });
}

test("a page of blobs keeps its clip while a frame is inline: of that one the whole decode would stay", async () => {
  const path = await frames("640x480", "jpeg 4:2:0");
  const plain = `${folder}/plain.jpg`;
  await ffmpeg(["-y", "-f", "lavfi", "-i", "color=gray:s=640x480", "-frames:v", "1", plain]);
  const [page, session] = await pageOf({ style: SMALL });
  keepDecodedFrames(page, session);
  // Far away, so that it is not made ahead; and few bytes, so that its step goes inline, and the one after it.
  const lookup = StubLookup.ofVideo(101, (n) => (n === 100 ? plain : path(n % 4)));
  const hook = createVideoFrameInjector(lookup, { transport: "auto" });
  const kept: unknown[] = [];
  for (const time of [0, 0.1, 0.2, 10, 0.3, 0.4]) {
    await hook?.(page, time);
    await screenshot(session);
    kept.push(PageSession.of(page)?.captures.keepsDecoded);
  }
  assert.deepEqual(hook?.stats().framesBy, { file: 4, inline: 2 });
  assert.deepEqual(kept, [true, true, true, false, false, true]);
  await page.close();
});

test("a frame before a far larger one shows its whole decode, as in stock, and the larger one its scaled decode", async () => {
  const [small, large] = [await frames("640x480", "jpeg 4:2:0"), await frames("1280x960", "jpeg 4:2:0")];
  const [left, right] = [
    `${AT}width:240px;height:180px`,
    "position:absolute;left:300px;top:5px;width:320px;height:240px",
  ];
  const shownUrls = async (order: readonly ["v" | "w", "v" | "w"]) => {
    const [page, session] = await pageOf(
      { style: left },
      `<video id="w" data-start="0" style="${right}"></video>`,
    );
    keepDecodedFrames(page, session);
    const lookup = new StubLookup((time) => {
      const n = Math.round(time * 10);
      return Object.fromEntries(order.map((id) => [id, [(id === "v" ? small : large)(n), n]]));
    });
    const hook = createVideoFrameInjector(lookup, { transport: "file" });
    for (const time of [0, 0.1, 0.2]) {
      await hook?.(page, time);
      await screenshot(session);
    }
    await hook?.(page, 0.3);
    await screenshot(session);
    const own = await page.evaluate(() =>
      ["v", "w"].map((id) => {
        const image = document.getElementById(id)?.nextElementSibling as HTMLImageElement;
        const frame = (
          window as unknown as { __hyperframesNativeFrames: Map<string, { urls: string[] }> }
        ).__hyperframesNativeFrames.get(image.src);
        return frame?.urls.indexOf(image.src);
      }),
    );
    await page.close();
    return own;
  };
  // Which of its URLs each image shows: of the second nothing whole is decoded.
  assert.deepEqual(await shownUrls(["v", "w"]), [0, 1]);
  assert.deepEqual(await shownUrls(["w", "v"]), [1, 1]);
});
