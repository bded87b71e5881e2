// Frames that Chrome may decode at a smaller scale: sources of whole MCUs, drawn at half their size and less.
import { after, before, describe, it } from "node:test";
import { makeVideo } from "../support/media.ts";
import { RenderPairs } from "../support/render-pairs.ts";
import { SCALED_SIZES } from "../support/scaled-sizes.ts";
import { WIDE } from "../support/variants.ts";

const FRAMES = 10;
const pairs = new RenderPairs({ after });

before(async () => {
  for (const [name, { source, box }] of Object.entries(SCALED_SIZES)) {
    const src = await makeVideo({ ...source, kind: "fractal", fps: 30, seconds: FRAMES / 30, seed: 6 });
    const duration = FRAMES / 30;
    pairs.write(name, {
      ...{ width: 960, height: 540, duration },
      videos: [{ id: "scaled", src, start: 0, duration, box: { left: 3, top: 2, ...box } }],
      html: '<h1 style="position:absolute;left:20px;bottom:10px;color:white">Above the video</h1>',
    });
  }
});

describe("a frame that is drawn at half its size or less shows what it shows without the drop-in", () => {
  for (const name of Object.keys(SCALED_SIZES)) {
    for (const capture of ["beginframe", "screenshot"] as const) {
      for (const frameFormat of WIDE || name === "less than half"
        ? (["jpg", "png"] as const)
        : (["jpg"] as const)) {
        for (const workers of WIDE ? [1, 3] : [1]) {
          it(`${name}, ${capture}, ${frameFormat}, workers: ${workers}`, async () => {
            await pairs.assertSame(name, { capture, frameFormat, workers }, "file");
          });
        }
      }
    }
  }

  // Of the first stock shows the whole decode there, which is done long before that of the second.
  it("one before a far larger one, screenshot", async () => {
    const duration = FRAMES / 30;
    const { half, "a quarter": quarter } = SCALED_SIZES;
    const clip = async (id: string, { source, box }: typeof half | typeof quarter, top: number) => {
      const src = await makeVideo({ ...source, kind: "fractal", fps: 30, seconds: duration, seed: 6 });
      return { id, src, start: 0, duration, box: { left: 3, top, ...box } };
    };
    const videos = [await clip("small", half, 2), await clip("large", quarter, 400)];
    pairs.write("both", { width: 980, height: 960, duration, videos });
    await pairs.assertSame("both", { capture: "screenshot", frameFormat: "jpg", workers: 1 }, "file");
  });

  // There one decode serves every scale, and stock's is the whole one.
  it("less than half, screenshot, raster on the GPU", async () => {
    const env = { PRODUCER_BROWSER_GPU_MODE: "hardware" };
    const variant = { capture: "screenshot", frameFormat: "jpg", workers: 1, env } as const;
    await pairs.assertSame("less than half", variant, "file");
  });
});
