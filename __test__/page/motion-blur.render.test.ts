// Motion blur: every frame is the mean of several captures at times around it, so the hook is called many times a frame, with
// times that go back and forth and with the time whose video frame is held. No option of the CLI reaches it; its producer has it.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { CompositionOptions } from "../support/composition.ts";
import { makeVideo } from "../support/media.ts";
import { RenderPairs, type Variant } from "../support/render-pairs.ts";
import { DISTINCT_TRANSPORTS } from "../support/variants.ts";

const CANVAS = { width: 320, height: 180 } as const;
const FPS = 15;
const SAMPLES = 4;
const pairs = new RenderPairs({ after });

before(async () => pairs.write("blurred", await slidingClip()));

/** A video that slides over the canvas: its place is blurred, its frames are not. */
async function slidingClip(): Promise<CompositionOptions> {
  const src = await makeVideo({ ...CANVAS, fps: FPS, seconds: 1, kind: "pattern", seed: 61 });
  return {
    ...CANVAS,
    duration: 1,
    videos: [],
    groups: [
      {
        id: "sliding",
        box: { left: 0, top: 0, ...CANVAS },
        videos: [
          { id: "video", src, start: 0, duration: 1, box: { left: 0, top: 20, width: 160, height: 90 } },
        ],
      },
    ],
    script: `window.addEventListener("hf-seek", ({ detail: { time } }) => {
  document.getElementById("sliding").style.transform = "translateX(" + 160 * time + "px)";
});`,
  };
}

describe("motion blur", () => {
  const sharp: Variant = {
    capture: "screenshot",
    frameFormat: "jpg",
    workers: 1,
    fps: FPS,
    producer: "cli",
  };
  const variant: Variant = { ...sharp, motionBlur: { samplesPerFrame: SAMPLES } };
  for (const transport of DISTINCT_TRANSPORTS) {
    it(transport, async () => {
      const { frames, stats } = await pairs.assertSame("blurred", variant, transport);
      assert.ok(stats && stats.hook.calls >= frames * SAMPLES);
    });
  }
  it("blurs", async () => {
    await pairs.assertDiffers("blurred", "blurred", variant, sharp);
  });
  it("moves", () => pairs.assertMoves("blurred", variant, FPS - 1));
});
