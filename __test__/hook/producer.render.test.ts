// Renders through the real producer, with Chrome and ffmpeg: with the drop-in and without it, the same pictures.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { CompositionOptions } from "../support/composition.ts";
import { makeVideo } from "../support/media.ts";
import { RenderPairs } from "../support/render-pairs.ts";
import { WIDE } from "../support/variants.ts";

const SOURCE = { width: 320, height: 180, fps: 30, seconds: 1 } as const;
const pairs = new RenderPairs();

before(async () => {
  pairs.write("two clips", await twoClips());
  pairs.write("every kind", await everyKindOfClip());
});
after(() => pairs.delete());

async function twoClips(): Promise<CompositionOptions> {
  const first = await makeVideo({ ...SOURCE, kind: "pattern", seed: 1 });
  const second = await makeVideo({ ...SOURCE, kind: "fractal", seed: 2 });
  return {
    width: 640,
    height: 360,
    duration: 1,
    videos: [
      { id: "first", src: first, start: 0, duration: 1, box: { left: 0, top: 0, width: 400, height: 225 } },
      // Starts late and ends early: nothing to show, then two videos, then one again.
      {
        id: "late",
        src: second,
        start: 0.4,
        duration: 0.4,
        box: { left: 200, top: 120, width: 400, height: 225 },
      },
    ],
  };
}

async function everyKindOfClip(): Promise<CompositionOptions> {
  const shared = await makeVideo({ ...SOURCE, kind: "pattern", seed: 3 });
  const short = await makeVideo({ ...SOURCE, kind: "plasma", seed: 4, seconds: 0.5 });
  const alpha = await makeVideo({ ...SOURCE, kind: "gradient", seed: 5, codec: "vp9-alpha" });
  const size = { width: 320, height: 180 };
  return {
    width: 640,
    height: 360,
    duration: 1,
    videos: [
      { id: "shared", src: shared, start: 0, duration: 1, box: { left: 0, top: 0, ...size } },
      {
        id: "shared: \"again\" & 'later' é",
        src: shared,
        start: 0.2,
        duration: 0.5,
        mediaStart: 0.3,
        box: { left: 320, top: 0, ...size },
      },
      {
        id: "looped",
        src: short,
        start: 0,
        duration: 1,
        loop: true,
        box: { left: 0, top: 180, ...size },
      },
      {
        id: "slow",
        src: shared,
        start: 0,
        duration: 1,
        playbackRate: 0.5,
        box: { left: 320, top: 180, ...size },
      },
      { id: "alpha", src: alpha, start: 0.1, duration: 0.8, box: { left: 160, top: 90, ...size } },
    ],
    html: '<h1 class="title">Above the videos</h1>',
    css: ".title { position: absolute; left: 20px; bottom: 10px; color: white; font-family: sans-serif; }",
  };
}

describe("a render with the drop-in shows the same pictures as one without", () => {
  for (const capture of ["beginframe", "screenshot"] as const) {
    for (const frameFormat of ["jpg", "png"] as const) {
      // The other way round is in transports.test.ts.
      for (const workers of WIDE ? [1, 2] : frameFormat === "jpg" ? [2] : [1]) {
        it(`${capture}, ${frameFormat}, workers: ${workers}`, async () => {
          const { extracted } = await pairs.assertSame(
            "two clips",
            { capture, frameFormat, workers },
            "auto",
          );
          assert.deepEqual(extracted, [`.${frameFormat}`]);
        });
      }
    }
  }
});

describe("a composition with every kind of clip", () => {
  for (const capture of ["beginframe", "screenshot"] as const) {
    it(capture, async () => {
      await pairs.assertSame("every kind", { capture, frameFormat: "auto", workers: 1 }, "auto");
    });
  }
});

describe("HYPERFRAMES_NATIVE=off", () => {
  it("leaves upstream's function in place, and times it", async () => {
    const variant = { capture: "beginframe", frameFormat: "jpg", workers: 1 } as const;
    const { stats, frames } = await pairs.assertStock("two clips", variant);
    assert.ok(stats);
    assert.equal(stats.mode, "stock");
    assert.ok(stats.hook.calls >= frames);
    assert.ok(stats.hook.totalMs > 0);
  });
});
