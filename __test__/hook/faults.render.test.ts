// Something on the way of the frames fails during a real render: the video is right all the same.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type CompositionOptions, oneVideo } from "../support/composition.ts";
import { withFaults } from "../support/faults.ts";
import { makeVideo } from "../support/media.ts";
import { RenderPairs, type Variant } from "../support/render-pairs.ts";
import type { Transport } from "../support/variants.ts";

const CANVAS = { width: 320, height: 180 } as const;
// Noise as png: large enough for `auto` not to send it inline by itself.
const VARIANT: Variant = { capture: "beginframe", frameFormat: "png", workers: 1, fps: 15 };
const pairs = new RenderPairs({ after });

/** A video under a policy; it is set before the first frame, as a page's own would be. */
async function underPolicy(policy?: string): Promise<CompositionOptions> {
  const src = await makeVideo({ ...CANVAS, fps: 15, seconds: 1, kind: "noise", seed: 71 });
  const html = `<script>{
  const meta = document.createElement("meta");
  meta.httpEquiv = "Content-Security-Policy";
  meta.content = ${JSON.stringify(policy)};
  document.head.append(meta);
}</script>`;
  return oneVideo(src, CANVAS, 1, policy === undefined ? {} : { html });
}

before(async () => {
  pairs.write("free", await underPolicy());
  pairs.write("no-blobs", await underPolicy("img-src 'self' data:"));
  pairs.write("no-connections", await underPolicy("connect-src 'none'"));
});

const FAULTS: ReadonlyArray<
  [about: string, composition: string, transport: Transport, server: string | null]
> = [
  ["the server's port cannot be bound", "free", "served", "bind"],
  ["the server closes each connection in the middle", "free", "served", "close"],
  ["the server never answers", "free", "served", "stall"],
  ["a page with img-src 'self' data:", "no-blobs", "auto", null],
  ["a page with img-src 'self' data:, files asked for", "no-blobs", "file", null],
  ["a page with connect-src 'none', the server asked for", "no-connections", "served", null],
];

describe("a fault on the way of the frames", () => {
  for (const [about, composition, transport, server] of FAULTS) {
    it(`${about}: all frames inline, one warning, the same pictures`, async () => {
      const { log, stats } = await pairs.assertSurvives(
        composition,
        VARIANT,
        transport,
        server === null ? {} : withFaults({ server }),
      );
      assert.deepEqual(stats.framesBy, { inline: stats.frames });
      assert.match(log, /TRANSPORT_UNUSABLE.*Frames go inline on this page/);
    });
  }

  it("the server is killed in the middle of the render, again and again: frames are fetched in their step, or go inline", async () => {
    const { log, stats } = await pairs.assertSurvives(
      "free",
      VARIANT,
      "served",
      withFaults({ server: "die" }),
    );
    const { served = 0, inline = 0, ...others } = stats.framesBy;
    assert.ok(served > 0, JSON.stringify(stats.framesBy));
    assert.equal(served + inline, stats.frames);
    assert.deepEqual(others, {});
    assert.match(
      log,
      /TRANSPORT_UNUSABLE.*(?:A step's frames went inline instead: served: |Frames could not be made ahead, )/,
    );
    assert.ok(stats.fallbacks.length > 0);
  });

  it("a page with connect-src 'none' does not keep Chrome from reading the files", async () => {
    await pairs.assertSame("no-connections", VARIANT, "file");
  });
});
