// Renders through the real producer, with Chrome and ffmpeg: with the drop-in and without it, the same pictures.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { RenderPairs } from "../support/render-pairs.ts";
import { everyKindOfClip, twoClips } from "../support/small-scenes.ts";

const pairs = new RenderPairs({ after });

before(async () => {
  pairs.write("two clips", await twoClips(1));
  pairs.write("every kind", await everyKindOfClip("pattern", 3, { codec: "vp9-alpha" }));
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
