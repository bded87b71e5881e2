// Every transport, in both captures, alone and with several workers, on one composition with every kind of clip; and the drop-in switched off.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { RenderPairs } from "../support/render-pairs.ts";
import { everyKindOfClip } from "../support/small-scenes.ts";
import { TRANSPORTS } from "../support/variants.ts";

const pairs = new RenderPairs({ after });

// One of them has alpha, so that its frames are png where the format is the producer's choice.
before(async () => pairs.write("clips", await everyKindOfClip("noise", 21, { codec: "vp9-alpha" })));

/** Captures, formats, workers and transports: not every four of them, but every two. */
const RENDERED = [
  { capture: "beginframe", frameFormat: "auto", workers: 1, transports: TRANSPORTS },
  { capture: "screenshot", frameFormat: "png", workers: 3, transports: TRANSPORTS },
  { capture: "beginframe", frameFormat: "png", workers: 3, transports: ["file"] },
  { capture: "screenshot", frameFormat: "auto", workers: 1, transports: ["file", "auto"] },
] as const;

for (const { transports, ...variant } of RENDERED) {
  const { capture, frameFormat, workers } = variant;
  describe(`${capture}, ${frameFormat}, workers: ${workers}`, () => {
    for (const transport of transports) {
      it(transport, async () => {
        const { extracted, stats } = await pairs.assertSame("clips", variant, transport);
        assert.deepEqual(extracted, frameFormat === "auto" ? [".jpg", ".png"] : [".png"]);
        if (transport !== "auto") return;
        // The noise is large: at least the steps with all of it go as files.
        assert.ok((stats?.framesBy.file ?? 0) > 0, JSON.stringify(stats?.framesBy));
      });
    }
    it("moves", () => pairs.assertMoves("clips", variant, 29));
  });
}

describe("HYPERFRAMES_NATIVE=off", () => {
  it("leaves upstream's function in place, and times it", async () => {
    const variant = { capture: "beginframe", frameFormat: "auto", workers: 1 } as const;
    const { stats, frames } = await pairs.assertStock("clips", variant);
    assert.ok(stats);
    assert.equal(stats.mode, "stock");
    assert.ok(stats.hook.calls >= frames);
    assert.ok(stats.hook.totalMs > 0);
  });
});
