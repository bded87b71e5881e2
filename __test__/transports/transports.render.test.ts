// Every transport, in both captures, alone and with several workers, on one composition with every kind of clip.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { RenderPairs } from "../support/render-pairs.ts";
import { everyKindOfClip } from "../support/small-scenes.ts";
import { TRANSPORTS } from "../support/variants.ts";

const pairs = new RenderPairs({ after });

before(async () => pairs.write("clips", await everyKindOfClip("noise", 21)));

for (const capture of ["beginframe", "screenshot"] as const) {
  // Not every pair of format and worker count: the two have nothing to do with each other.
  for (const { frameFormat, workers } of [
    { frameFormat: "jpg", workers: 1 },
    { frameFormat: "png", workers: 3 },
  ] as const) {
    describe(`${capture}, ${frameFormat}, workers: ${workers}`, () => {
      const variant = { capture, frameFormat, workers } as const;
      for (const transport of TRANSPORTS) {
        it(transport, async () => {
          const { extracted, stats } = await pairs.assertSame("clips", variant, transport);
          assert.deepEqual(extracted, [`.${frameFormat}`]);
          if (transport !== "auto") return;
          // The noise is large: at least the steps with all of it go as files.
          assert.ok((stats?.framesBy.file ?? 0) > 0, JSON.stringify(stats?.framesBy));
        });
      }
      it("moves", () => pairs.assertMoves("clips", variant, 29));
    });
  }
}
