// Videos inside other compositions, and inside parts of the page that are hidden for a while.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { CompositionOptions } from "../support/composition.ts";
import { makeVideo } from "../support/media.ts";
import { RenderPairs } from "../support/render-pairs.ts";
import { DISTINCT_TRANSPORTS, VARIANTS } from "../support/variants.ts";

const SOURCE = { width: 320, height: 180, fps: 30, seconds: 1 } as const;
const pairs = new RenderPairs({ after });

before(async () => pairs.write("page", await page()));

/** The times between which the hidden part is hidden. */
const HIDDEN = [0.3, 0.6] as const;

/**
 * On the left two compositions in files of their own, one after the other and overlapping, over a video of the main one. On the right videos
 * whose parents have `display: none` for a while: they are active all the time, and no frame can be shown.
 */
async function page(): Promise<CompositionOptions> {
  const [main, first, second, inHost] = await Promise.all(
    [31, 32, 33, 35].map((seed) => makeVideo({ ...SOURCE, kind: "pattern", seed })),
  );
  assert.ok(main && first && second && inHost);
  const inside = { left: 10, top: 10, width: 280, height: 160 };
  const box = { width: 300, height: 180 };
  const whole = { left: 0, top: 0, width: 320, height: 180 };
  const host = (id: string, top: number) => ({
    ...{ id, box: { ...whole, left: 640, top } },
    videos: [{ id: `in ${id}`, src: inHost, start: 0, duration: 1, box: whole }],
  });
  return {
    width: 960,
    height: 360,
    duration: 1,
    videos: [{ id: "main", src: main, start: 0, duration: 1, box: { ...whole, left: 160, top: 90 } }],
    subCompositions: [
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
    ],
    // The second is hidden from the start: its first frame is the one that is tried again and again.
    groups: [host("host", 0), host("late-host", 180)],
    script: `window.addEventListener("hf-seek", ({ detail: { time } }) => {
  const isHidden = time >= ${HIDDEN[0]} && time < ${HIDDEN[1]};
  document.getElementById("host").style.display = isHidden ? "none" : "block";
  document.getElementById("late-host").style.display = time < ${HIDDEN[1]} ? "none" : "block";
});`,
  };
}

/** What has so many different pictures in a second of 30 frames; where it is, as ffmpeg's `crop` has it, apart from what lies over it or
 * beside it (what is captured is a jpeg, whose blocks of 16 pixels are one whole). */
const SEEN = {
  "the main video": ["100:80:330:95", 30],
  "the early composition, then nothing": ["140:70:15:15", 18 + 1],
  "the middle composition, whose video begins late, before and after it nothing": ["110:60:490:275", 9 + 1],
  "the host, hidden for a while": ["300:160:650:10", 30 - 9 + 1],
  "the host that is hidden at first": ["300:140:650:200", 12 + 1],
} as const;

for (const [capture, workers] of VARIANTS) {
  const variant = { capture, frameFormat: "jpg", workers } as const;

  describe(`nested compositions and hidden hosts, ${capture}, workers: ${workers}`, () => {
    for (const transport of DISTINCT_TRANSPORTS) {
      it(transport, async () => {
        await pairs.assertSame("page", variant, transport);
      });
    }
    for (const [name, [place, pictures]] of Object.entries(SEEN)) {
      it(name, async () => {
        assert.equal(await pairs.distinct("page", variant, `crop=${place}`), pictures);
      });
    }
  });
}
