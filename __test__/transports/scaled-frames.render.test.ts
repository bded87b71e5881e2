// Frames that Chrome may decode at a smaller scale: sources of whole MCUs, drawn at half their size and less.
import { after, before, describe, it } from "node:test";
import { makeVideo } from "../support/media.ts";
import { RenderPairs } from "../support/render-pairs.ts";
import { SCALED_SIZES } from "../support/scaled-sizes.ts";
import { WIDE } from "../support/variants.ts";

const FRAMES = 10;
const pairs = new RenderPairs({ after });

/** Where each is on the page. */
const PLACES: Readonly<Record<keyof typeof SCALED_SIZES, { left: number; top: number }>> = {
  half: { left: 3, top: 2 },
  "less than half": { left: 650, top: 2 },
  "a quarter, upright": { left: 1140, top: 2 },
  "a quarter": { left: 3, top: 400 },
};

before(async () => {
  const duration = FRAMES / 30;
  const sizes = Object.entries(SCALED_SIZES) as Array<
    [keyof typeof SCALED_SIZES, (typeof SCALED_SIZES)[keyof typeof SCALED_SIZES]]
  >;
  pairs.write("all", {
    ...{ width: 1400, height: 980, duration },
    videos: await Promise.all(
      sizes.map(async ([name, { source, box }], n) => ({
        id: `scaled-${n}`,
        src: await makeVideo({ ...source, kind: "fractal", fps: 30, seconds: duration, seed: 6 }),
        ...{ start: 0, duration, box: { ...PLACES[name], ...box } },
      })),
    ),
    html: '<h1 style="position:absolute;left:20px;bottom:10px;color:white">Above the videos</h1>',
  });
});

// Where stock flickers on such a page (a race of two decodes), a difference elsewhere on it still counts: RenderPairs judges by place.
describe("frames that are drawn at half their size or less show what they show without the drop-in", () => {
  for (const capture of ["beginframe", "screenshot"] as const) {
    for (const frameFormat of ["jpg", "png"] as const) {
      for (const workers of WIDE ? [1, 3] : [1]) {
        it(`${capture}, ${frameFormat}, workers: ${workers}`, async () => {
          await pairs.assertSame("all", { capture, frameFormat, workers }, "file");
        });
      }
    }
  }

  // There one decode serves every scale, and stock's is the whole one.
  it("screenshot, raster on the GPU", async () => {
    const env = { PRODUCER_BROWSER_GPU_MODE: "hardware" };
    await pairs.assertSame("all", { capture: "screenshot", frameFormat: "jpg", workers: 1, env }, "file");
  });
});
