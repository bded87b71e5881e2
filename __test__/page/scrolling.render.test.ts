// A page that scrolls while it is captured. Upstream's screenshots show it from its origin on all the same.
import { after, before, test } from "node:test";
import { oneVideo } from "../support/composition.ts";
import { makeVideo } from "../support/media.ts";
import { RenderPairs } from "../support/render-pairs.ts";

const SIZE = { width: 320, height: 180 } as const;
const VARIANT = { fps: 15, workers: 1, capture: "screenshot", frameFormat: "jpg" } as const;
const pairs = new RenderPairs({ after });

before(async () => {
  const src = await makeVideo({ ...SIZE, fps: 15, seconds: 1, kind: "pattern", seed: 71 });
  const page = {
    // Sideways: of a page that is higher than the canvas upstream captures more than the viewport.
    html: `<div style="position:absolute;left:320px;top:0;width:600px;height:180px;background:linear-gradient(90deg,red,blue)"></div>`,
    css: "html,body,#root{overflow:visible !important}",
    // Still at first, then scrolled, then still again.
    script: `window.addEventListener("hf-seek", ({ detail: { time } }) => {
      window.scrollTo(time > 0.3 && time < 0.7 ? 300 * time : 0, 0);
    });`,
  };
  pairs.write("scrolling", oneVideo(src, SIZE, 1, page));
});

for (const transport of ["file", "auto"] as const) {
  test(`the same pictures, ${transport}`, async () => {
    await pairs.assertSame("scrolling", VARIANT, transport);
  });
}

test("the video is seen", () => pairs.assertMoves("scrolling", VARIANT, 10));
