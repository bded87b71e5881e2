// Renders through the real producer, with Chrome and ffmpeg: with the drop-in and without it, the same pictures.
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { compareFrames } from "../../dist/bench/compare-frames.js";
import { type CompositionOptions, writeComposition } from "../../testbed/composition.ts";
import { makeVideo } from "../../testbed/media.ts";
import { root } from "../../testbed/paths.ts";
import { type Capture, type RenderMode, type RenderResult, render } from "../../testbed/render.ts";

const SOURCE = { width: 320, height: 180, fps: 30, seconds: 1 } as const;
const TIMEOUT_MS = 120_000;

let dir: string;

before(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), "hyperframes-native-render-"));
});

after(() => {
  rmSync(dir, { recursive: true, force: true });
});

interface Variant {
  readonly capture: Capture;
  readonly frameFormat: "auto" | "jpg" | "png";
  readonly workers: number;
}

/** One render; afterwards the frames that ffmpeg extracted for it are under `extracted`. */
async function renderAs(mode: RenderMode, project: string, variant: Variant) {
  // Each render extracts for itself, so that none sees what another left behind.
  const scratch = mkdtempSync(path.join(dir, `${mode}-`));
  const extracted = path.join(scratch, "extracted");
  const result = await render({
    projectDir: path.join(dir, project),
    outputPath: path.join(scratch, "out.mp4"),
    mode,
    extractCacheDir: extracted,
    timeoutMs: TIMEOUT_MS,
    ...variant,
  });
  return { result, extracted };
}

/** Endings of all extracted frames. */
function extractedFormats(extracted: string): string[] {
  const files = readdirSync(extracted, { recursive: true, encoding: "utf8" });
  const frames = files.filter((file) => /frame_\d+\.\w+$/.test(file));
  return [...new Set(frames.map((file) => path.extname(file)))].sort();
}

function assertRenderedAs(result: RenderResult, { capture, workers }: Variant): void {
  // The producer changes to another capture mode or worker count on its own where it has to.
  assert.equal(result.perfSummary.drawElement?.mode, capture);
  assert.equal(result.perfSummary.workers, workers);
}

function assertSwapped({ stats, lingered }: RenderResult, frames: number): void {
  assert.ok(stats);
  assert.equal(stats.mode, "native");
  assert.ok(stats.hook.calls >= frames, `${stats.hook.calls} calls of the hook for ${frames} frames`);
  assert.ok((stats.frames ?? 0) > 0, "no frame was injected");
  assert.deepEqual(stats.fallbacks, []);
  assert.equal(lingered, null, "the process did not end by itself");
}

async function assertSamePictures(project: string, variant: Variant): Promise<void> {
  const plain = await renderAs("plain", project, variant);
  const native = await renderAs("native", project, variant);
  for (const { result } of [plain, native]) assertRenderedAs(result, variant);
  if (variant.frameFormat !== "auto") {
    assert.deepEqual(extractedFormats(native.extracted), [`.${variant.frameFormat}`]);
  }

  const comparison = await compareFrames(plain.result.outputPath, native.result.outputPath);
  assert.equal(comparison.frames, plain.result.perfSummary.totalFrames);
  assertSwapped(native.result, comparison.frames);
  if (comparison.identical) return;
  // Before the drop-in is blamed: does upstream agree with itself?
  const again = await renderAs("plain", project, variant);
  const withFirst = await compareFrames(plain.result.outputPath, again.result.outputPath);
  const withNative = await compareFrames(native.result.outputPath, again.result.outputPath);
  const kept = keepEvidence(`${project}-${Object.values(variant).join("-")}`, {
    plain: plain.result,
    native: native.result,
    again: again.result,
  });
  assert.fail(
    `${comparison.differing} of ${comparison.frames} frames differ, from ${comparison.firstDifference} on. ` +
      `A second plain render differs from the first in ${withFirst.differing} frames, ` +
      `from the native one in ${withNative.differing}. Kept in ${kept}`,
  );
}

/** Copies the videos and logs of renders that should have been alike to where they outlive the test. */
function keepEvidence(name: string, renders: Readonly<Record<string, RenderResult>>): string {
  const target = path.join(root, "out", "render-failures", name);
  mkdirSync(target, { recursive: true });
  for (const [label, result] of Object.entries(renders)) {
    copyFileSync(result.outputPath, path.join(target, `${label}.mp4`));
    writeFileSync(path.join(target, `${label}.log`), result.log);
  }
  return target;
}

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
  before(async () => writeComposition(path.join(dir, "two-clips"), await twoClips()));

  for (const capture of ["beginframe", "screenshot"] as const) {
    for (const frameFormat of ["jpg", "png"] as const) {
      for (const workers of [1, 2]) {
        it(`${capture}, ${frameFormat}, workers: ${workers}`, () =>
          assertSamePictures("two-clips", { capture, frameFormat, workers }));
      }
    }
  }
});

describe("a composition with every kind of clip", () => {
  before(async () => writeComposition(path.join(dir, "every-kind"), await everyKindOfClip()));

  for (const capture of ["beginframe", "screenshot"] as const) {
    it(capture, () => assertSamePictures("every-kind", { capture, frameFormat: "auto", workers: 1 }));
  }
});

describe("HYPERFRAMES_NATIVE=off", () => {
  before(async () => writeComposition(path.join(dir, "off"), await twoClips()));

  it("leaves upstream's function in place, and times it", async () => {
    const variant = { capture: "beginframe", frameFormat: "jpg", workers: 1 } as const;
    const plain = await renderAs("plain", "off", variant);
    const { result } = await renderAs("stock", "off", variant);
    assert.ok(result.stats);
    assert.equal(result.stats.mode, "stock");
    assert.ok(result.stats.hook.calls >= result.perfSummary.totalFrames);
    assert.ok(result.stats.hook.totalMs > 0);
    const comparison = await compareFrames(plain.result.outputPath, result.outputPath);
    assert.equal(comparison.differing, 0);
  });
});
