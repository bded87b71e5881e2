/** The hook on a real page, with the page functions of the installed engine and frames made by ffmpeg. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createVideoFrameInjector } from "hyperframes-native";
import type { Page } from "puppeteer-core";
import { ffmpeg } from "../../dist/tools/bench/ffmpeg.js";
import { TestBrowser } from "../support/browser.ts";
import { FrameFolder } from "../support/frames.ts";
import { StubLookup } from "../support/stub-page.ts";

const browser = await TestBrowser.launch();
after(() => browser[Symbol.asyncDispose]());
const folder = new FrameFolder({ after });
const frame = (index: number, type = "jpg") =>
  join(folder.path, `frame_${String(index + 1).padStart(5, "0")}.${type}`);

before(async () => {
  for (const type of ["jpg", "png"])
    await ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=64x36:r=10:d=1", join(folder.path, `frame_%05d.${type}`)]);
});

/** What a capture would see of a video's frame. */
function shown(page: Page, id: string) {
  return page.evaluate((videoId) => {
    const image = document.getElementById(videoId)?.nextElementSibling as HTMLImageElement | null;
    return (
      image && {
        rendersFrame: image.classList.contains("__render_frame__"),
        complete: image.complete,
        width: image.naturalWidth,
        visible: getComputedStyle(image).visibility === "visible",
        src: image.src,
      }
    );
  }, id);
}

test("frames are decoded when the call returns, in one and the same <img>, through the engine's own page functions", async () => {
  const page = await browser.page(["a", "ids may: hold/anything é"]);
  const ids = ["a", "ids may: hold/anything é"] as const;
  const lookup = new StubLookup((time) => ({
    [ids[0]]: [frame(time), time],
    [ids[1]]: [frame(time, "png"), time],
  }));
  const hook = createVideoFrameInjector(lookup); // upstream is the installed @hyperframes/engine
  assert.ok(hook);
  await hook(page, 0);
  const first = await page.evaluateHandle((id) => document.getElementById(id)?.nextElementSibling, ids[0]);
  for (let time = 1; time < 10; time++) {
    await hook(page, time);
    for (const id of ids) {
      const image = await shown(page, id);
      assert.deepEqual(
        { ...image, src: "" },
        { rendersFrame: true, complete: true, width: 64, visible: true, src: "" },
      );
    }
    assert.ok(
      await page.evaluate(
        (image, id) => image === document.getElementById(id)?.nextElementSibling,
        first,
        ids[0],
      ),
    );
  }
  assert.equal(hook.stats().frames, 20);
  assert.equal(hook.stats().hook.calls, 10);
  await page.close();
});
