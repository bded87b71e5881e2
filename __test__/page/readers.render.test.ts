// Parts of a page that read the frames out of their images, and pictures that one can see through.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { ClipOptions, CompositionOptions } from "../support/composition.ts";
import { makeVideo } from "../support/media.ts";
import { pageCompositeScript } from "../support/page-composite.ts";
import { RenderPairs, type Variant } from "../support/render-pairs.ts";
import { DISTINCT_TRANSPORTS, TRANSPORTS, type Transport, VARIANTS, WIDE } from "../support/variants.ts";
import { webglQuad } from "../support/webgl-quad.ts";

const FRAGMENT_SHADER =
  "precision mediump float; varying vec2 uv; uniform sampler2D video; void main() { gl_FragColor = vec4(texture2D(video, uv).bgr, 1); }";

const CANVAS = { width: 320, height: 180 } as const;
const SOURCE = { ...CANVAS, fps: 30, seconds: 1 } as const;
const WHOLE = { left: 0, top: 0, ...CANVAS };
const MOST_FRAMES = 29;
/** Small and short: on a processor alone the grading takes a second for a frame as large as the others. */
const GRADED = { width: 160, height: 90, frames: 8 } as const;
const pairs = new RenderPairs({ after });

before(async () => {
  pairs.write("graded", await graded(true));
  pairs.write("not graded", await graded(false));
  pairs.write("transition", await transition(true));
  pairs.write("no transition", await transition(false));
  pairs.write("texture and alpha", await textureAndAlpha("linear-gradient(90deg, #e63946, #1d3557)"));
  pairs.write("texture, and alpha over black", await textureAndAlpha("#000"));
  pairs.write("alpha over nothing", await alpha("transparent"));
});

async function wholeClip(id: string, seed: number): Promise<ClipOptions> {
  const src = await makeVideo({ ...SOURCE, kind: "pattern", seed });
  return { id, src, start: 0, duration: 1, box: WHOLE };
}

/**
 * A script uploads the video as a WebGL texture whenever the page is told to draw, and draws it upside down in other colours. The
 * canvas covers the video and is black until then: what moves there was in the texture. Beside it is a video that one can see through.
 */
async function textureAndAlpha(background: string): Promise<CompositionOptions> {
  const { videos, css } = await alpha(background);
  const beside = { ...WHOLE, left: CANVAS.width };
  return {
    ...{ width: 2 * CANVAS.width, height: CANVAS.height, duration: 1 },
    videos: [await wholeClip("source", 41), ...videos.map((video) => ({ ...video, box: beside }))],
    html: `<canvas id="gl" width="${CANVAS.width}" height="${CANVAS.height}"></canvas>`,
    css: `${css} #gl { position: absolute; left: 0; top: 0; z-index: 10; background: #000; }`,
    script: `
const gl = document.getElementById("gl").getContext("webgl", { preserveDrawingBuffer: true });${webglQuad(FRAGMENT_SHADER)}
gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE);
gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
window.addEventListener("hf-seek", () => {
  const video = document.getElementById("source");
  // The video itself is never drawn: HyperFrames has to put the frame's image in its place.
  if (!video.nextElementSibling?.complete || !video.nextElementSibling.naturalWidth) return;
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, video);
  gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
});`,
  };
}

async function graded(isGraded: boolean): Promise<CompositionOptions> {
  const { width, height } = GRADED;
  const attributes = { "data-color-grading": JSON.stringify({ preset: "mono-fade", intensity: 1 }) };
  const clip = { ...(await wholeClip("graded", 42)), box: { left: 0, top: 0, width, height } };
  const videos = [isGraded ? { ...clip, attributes } : clip];
  return { width, height, duration: GRADED.frames / SOURCE.fps, videos };
}

const TRANSITION = {
  time: 0.3,
  duration: 0.4,
  shader: "ripple-waves",
  fromScene: "scene-1",
  toScene: "scene-2",
};

/** Two scenes with a video each; for a while the page blends them itself, with a shader. */
async function transition(blends: boolean): Promise<CompositionOptions> {
  return {
    ...CANVAS,
    duration: 1,
    videos: [],
    groups: [
      { id: "scene-1", box: WHOLE, videos: [await wholeClip("in scene 1", 43)] },
      { id: "scene-2", box: WHOLE, videos: [await wholeClip("in scene 2", 44)] },
    ],
    css: "#scene-2 { opacity: 0; }",
    script: blends ? pageCompositeScript(TRANSITION, CANVAS) : "",
  };
}

async function alpha(background: string): Promise<CompositionOptions> {
  const src = await makeVideo({ ...SOURCE, kind: "gradient", seed: 45, codec: "vp9-alpha" });
  return {
    ...CANVAS,
    duration: 1,
    videos: [{ id: "alpha", src, start: 0, duration: 1, box: WHOLE }],
    css: `html, body { background: transparent; } #root { background: ${background}; }`,
  };
}

for (const [capture, workers] of VARIANTS) {
  const jpg: Variant = { capture, frameFormat: "jpg", workers };
  const about = `${capture}, workers: ${workers}`;

  describe(`a WebGL texture of a video, and beside it a video with alpha over a background, ${about}`, () => {
    const variant: Variant = { ...jpg, frameFormat: "auto" };
    for (const transport of DISTINCT_TRANSPORTS) {
      it(transport, async () => {
        const { extracted } = await pairs.assertSame("texture and alpha", variant, transport);
        assert.deepEqual(extracted, [".jpg", ".png"]);
      });
    }
    it("the texture moves", () =>
      pairs.assertMoves("texture and alpha", variant, MOST_FRAMES, "crop=320:180:0:0"));
    it("the background is let through", async () => {
      await pairs.assertDiffers("texture and alpha", "texture, and alpha over black", variant);
    });
  });

  describe(`colour grading, ${about}`, () => {
    // Inline is upstream's own kind of URL, and the shaders take ten seconds to be made.
    const graded: Transport = capture === "beginframe" ? "file" : "served";
    for (const transport of WIDE ? TRANSPORTS : [graded]) {
      it(transport, async () => {
        await pairs.assertSame("graded", jpg, transport);
      });
    }
    it("shows", async () => {
      await pairs.assertDiffers("graded", "not graded", jpg);
    });
    it("moves", () => pairs.assertMoves("graded", jpg, GRADED.frames));
  });
}

// The producer captures by screenshots wherever the page composes its picture itself, and for output with alpha.
describe("a shader transition that the page composes", () => {
  const variant: Variant = { capture: "screenshot", frameFormat: "jpg", workers: 1 };
  for (const transport of DISTINCT_TRANSPORTS) {
    it(transport, async () => {
      const { log } = await pairs.assertSame("transition", variant, transport);
      assert.match(log, /Page-side compositing enabled/);
      assert.doesNotMatch(log, /page-composite failed/);
    });
  }
  it("shows", async () => {
    const differing = await pairs.assertDiffers("transition", "no transition", variant);
    assert.ok(differing >= TRANSITION.duration * 30);
  });
  it("moves", () => pairs.assertMoves("transition", variant, MOST_FRAMES));
});

// The other way: the producer captures both scenes one after the other at the same time, and blends them itself; with several
// workers one hook serves several pages at once. (The CLI's producer: the package's lacks the file of its blending workers.)
for (const workers of [1, 3]) {
  describe(`a shader transition that the producer composes, workers: ${workers}`, () => {
    const variant: Variant = {
      capture: "screenshot",
      frameFormat: "jpg",
      workers,
      producer: "cli",
      env: { HF_PAGE_SIDE_COMPOSITING: "false" },
    };
    for (const transport of DISTINCT_TRANSPORTS) {
      it(transport, async () => {
        const { log, stats, frames } = await pairs.assertSame("transition", variant, transport);
        assert.match(log, /Detected shader transitions for layered compositing/);
        assert.equal(/"hybridEnabled":true/.test(log), workers > 1);
        assert.ok(stats && stats.hook.calls > frames);
      });
    }
    it("shows", async () => {
      const differing = await pairs.assertDiffers("transition", "no transition", variant);
      assert.ok(differing >= TRANSITION.duration * 30);
    });
    it("moves", () => pairs.assertMoves("transition", variant, MOST_FRAMES));
  });
}

describe("numbered pictures with alpha", () => {
  const variant: Variant = {
    capture: "screenshot",
    frameFormat: "auto",
    workers: 1,
    outputFormat: "png-sequence",
  };
  for (const transport of DISTINCT_TRANSPORTS) {
    it(transport, async () => {
      await pairs.assertSame("alpha over nothing", variant, transport);
    });
  }
  // The alpha has an edge that wanders. Another background is no control: the producer removes it for such output.
  it("have it", () => pairs.assertMoves("alpha over nothing", variant, MOST_FRAMES, "alphaextract"));
});
