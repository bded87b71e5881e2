// Every transport, in both captures, alone and with several workers, on one composition with every kind of clip.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { CompositionOptions } from "../support/composition.ts";
import { makeVideo } from "../support/media.ts";
import { RenderPairs } from "../support/render-pairs.ts";
import { TRANSPORTS } from "../support/variants.ts";

const SOURCE = { width: 320, height: 180, fps: 30, seconds: 1 } as const;
const pairs = new RenderPairs();

before(async () => pairs.write("clips", await everyKindOfClip()));
after(() => pairs.delete());

async function everyKindOfClip(): Promise<CompositionOptions> {
  const shared = await makeVideo({ ...SOURCE, kind: "noise", seed: 21 });
  const short = await makeVideo({ ...SOURCE, kind: "pattern", seed: 22, seconds: 0.5 });
  const size = { width: 320, height: 180 };
  return {
    width: 640,
    height: 360,
    duration: 1,
    videos: [
      { id: "whole length", src: shared, start: 0, duration: 1, box: { left: 0, top: 0, ...size } },
      // The same file under an id that HTML allows: the frames of both are the same files.
      {
        id: "a.b#c: \"d\" & 'e' %20 é",
        src: shared,
        start: 0.2,
        duration: 0.5,
        mediaStart: 0.3,
        box: { left: 320, top: 0, ...size },
      },
      { id: "looped", src: short, start: 0, duration: 1, loop: true, box: { left: 0, top: 180, ...size } },
      {
        id: "slow",
        src: short,
        start: 0,
        duration: 1,
        playbackRate: 0.5,
        box: { left: 320, top: 180, ...size },
      },
      // Starts late and ends early.
      { id: "late", src: short, start: 0.4, duration: 0.3, box: { left: 160, top: 90, ...size } },
    ],
  };
}

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
