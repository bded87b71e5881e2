/** Screenshots without their clip: the same picture, and the page is known to keep its images. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { keepDecodedFrames } from "hyperframes-native";
import { keepsDecoded } from "../../dist/page/decoded-images.js";
import { TestBrowser } from "../support/browser.ts";

let browser: TestBrowser;

before(async () => {
  browser = await TestBrowser.launch();
});
after(() => browser[Symbol.asyncDispose]());

const CAPTURE = { format: "png", fromSurface: true, captureBeyondViewport: false };

test("a clip that is the whole viewport is left out, and the picture is the same to the bit", async () => {
  const page = await browser.page([]);
  await page.evaluate(() => {
    document.body.style.background = "linear-gradient(45deg, red, blue 40%, lime)";
    document.body.innerHTML = "<p style='font:40px serif;transform:rotate(7deg)'>Every pixel</p>";
  });
  const session = await page.createCDPSession();
  const sent: object[] = [];
  const send = session.send.bind(session);
  session.send = ((method: "Page.captureScreenshot", parameters: object) => {
    sent.push(parameters);
    return send(method, parameters as never);
  }) as typeof session.send;

  const whole = { ...CAPTURE, clip: { x: 0, y: 0, width: 320, height: 180, scale: 1 } } as const;
  const before = await session.send("Page.captureScreenshot", whole as never);
  keepDecodedFrames(page, session);
  const after = await session.send("Page.captureScreenshot", whole as never);
  assert.equal(after.data, before.data);
  assert.deepEqual([sent[0], { ...sent[1] }], [whole, { ...CAPTURE, clip: undefined }]);
  assert.equal(keepsDecoded(page), true);

  const part = { ...CAPTURE, clip: { x: 0, y: 0, width: 100, height: 180, scale: 1 } } as const;
  await session.send("Page.captureScreenshot", part as never);
  assert.deepEqual(sent[2], part);
  assert.equal(keepsDecoded(page), false);
  await page.close();
});
