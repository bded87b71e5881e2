// Videos inside other compositions, and inside parts of the page that are hidden for a while.
import { after, before, describe, it } from "node:test";
import type { CompositionOptions } from "../support/composition.ts";
import { makeVideo } from "../support/media.ts";
import { RenderPairs } from "../support/render-pairs.ts";
import { DISTINCT_TRANSPORTS, VARIANTS } from "../support/variants.ts";

const SOURCE = { width: 320, height: 180, fps: 30, seconds: 1 } as const;
const pairs = new RenderPairs({ after });

before(async () => {
  pairs.write("nested", await nested(true));
  pairs.write("flat", await nested(false));
  pairs.write("hidden", await hidden(true));
  pairs.write("never hidden", await hidden(false));
});

/** Two compositions in files of their own, one after the other and overlapping, over a video of the main one. */
async function nested(withSubCompositions: boolean): Promise<CompositionOptions> {
  const [main, first, second] = await Promise.all([
    makeVideo({ ...SOURCE, kind: "pattern", seed: 31 }),
    makeVideo({ ...SOURCE, kind: "pattern", seed: 32 }),
    makeVideo({ ...SOURCE, kind: "pattern", seed: 33 }),
  ]);
  const inside = { left: 10, top: 10, width: 280, height: 160 };
  const box = { width: 300, height: 180 };
  return {
    width: 640,
    height: 360,
    duration: 1,
    videos: [
      { id: "main", src: main, start: 0, duration: 1, box: { left: 160, top: 90, width: 320, height: 180 } },
    ],
    subCompositions: withSubCompositions
      ? [
          {
            id: "early",
            start: 0,
            duration: 0.6,
            box: { left: 0, top: 0, ...box },
            videos: [{ id: "in early", src: first, start: 0, duration: 0.6, box: inside }],
          },
          // Its video goes on longer than the host is shown.
          {
            id: "middle",
            start: 0.3,
            duration: 0.4,
            box: { left: 320, top: 170, ...box },
            videos: [{ id: "in middle", src: second, start: 0.1, duration: 0.9, box: inside }],
          },
        ]
      : [],
  };
}

/** The times between which the hidden part is hidden. */
const HIDDEN = [0.3, 0.6] as const;

/** A video whose parent has `display: none` for a while: it is active all the time, and no frame can be shown. */
async function hidden(hides: boolean): Promise<CompositionOptions> {
  const shown = await makeVideo({ ...SOURCE, kind: "pattern", seed: 34 });
  const inHost = await makeVideo({ ...SOURCE, kind: "pattern", seed: 35 });
  const box = { left: 0, top: 0, width: 320, height: 180 };
  return {
    width: 640,
    height: 360,
    duration: 1,
    videos: [{ id: "shown", src: shown, start: 0, duration: 1, box: { ...box, left: 320, top: 180 } }],
    groups: [
      { id: "host", box, videos: [{ id: "in host", src: inHost, start: 0, duration: 1, box }] },
      // Hidden from the start: its first frame is the one that is tried again and again.
      {
        id: "late-host",
        box: { ...box, top: 180 },
        videos: [{ id: "in late host", src: inHost, start: 0, duration: 1, box }],
      },
    ],
    script: hides
      ? `window.addEventListener("hf-seek", ({ detail: { time } }) => {
  const isHidden = time >= ${HIDDEN[0]} && time < ${HIDDEN[1]};
  document.getElementById("host").style.display = isHidden ? "none" : "block";
  document.getElementById("late-host").style.display = time < ${HIDDEN[1]} ? "none" : "block";
});`
      : "",
  };
}

for (const [capture, workers] of VARIANTS) {
  const variant = { capture, frameFormat: "jpg", workers } as const;
  const about = `${capture}, workers: ${workers}`;

  describe(`nested compositions, ${about}`, () => {
    for (const transport of DISTINCT_TRANSPORTS) {
      it(transport, async () => {
        await pairs.assertSame("nested", variant, transport);
      });
    }
    it("show", async () => {
      await pairs.assertDiffers("nested", "flat", variant);
    });
    it("move", () => pairs.assertMoves("nested", variant, 29));
  });

  describe(`hidden hosts, ${about}`, () => {
    for (const transport of DISTINCT_TRANSPORTS) {
      it(transport, async () => {
        await pairs.assertSame("hidden", variant, transport);
      });
    }
    it("are hidden", async () => {
      await pairs.assertDiffers("hidden", "never hidden", variant);
    });
    it("move", () => pairs.assertMoves("hidden", variant, 29));
  });
}
