// The next release: the producer of the newest CLI with edits of the function that is wrapped. Each renders what the same edited one renders
// without the drop-in. (The command itself is of newest-cli.render.test.ts.)
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { type Renderer, rendererIn } from "../../dist/tools/bench/renderer.js";
import { compareFrames } from "../support/compare-frames.ts";
import { writeComposition } from "../support/composition.ts";
import { FrameFolder } from "../support/frames.ts";
import { cliRenderer } from "../support/installed.ts";
import { makeVideo } from "../support/media.ts";
import { copyCli, NEXT_RELEASES } from "../support/next-release.ts";
import { type RenderResult, render } from "../support/render.ts";

const FRAMES = 8;
const dir = new FrameFolder({ after }).path;
const projectDir = path.join(dir, "project");

const copy = copyCli(path.join(dir, "next"));

/** What the CLI that is installed renders: an edit that shows differs from it. */
let today: RenderResult;

before(async () => {
  const source = { width: 320, height: 180, fps: 30, seconds: 1 } as const;
  const src = await makeVideo({ ...source, kind: "pattern", seed: 71 });
  const box = { width: 320, height: 180 };
  writeComposition(projectDir, {
    width: 640,
    height: 360,
    duration: FRAMES / 30,
    videos: [
      { id: "first", src, start: 0, duration: 1, box: { left: 0, top: 0, ...box } },
      // Shows each frame twice: some are unchanged.
      { id: "slow", src, start: 0, duration: 1, playbackRate: 0.5, box: { left: 300, top: 150, ...box } },
    ],
  });
  today = await renderAs("today", "plain", cliRenderer);
});

function renderAs(
  name: string,
  mode: "plain" | "native",
  producer: Renderer | undefined = rendererIn(copy.home),
): Promise<RenderResult> {
  assert.ok(producer);
  return render({
    ...{ producer, projectDir, mode },
    outputPath: path.join(dir, `${name.replaceAll(" ", "-")}-${mode}.mp4`),
    // The same frames for all of them.
    extractCacheDir: path.join(dir, "frames"),
    ...{ capture: "beginframe", frameFormat: "jpg", quality: "draft", timeoutMs: 120_000 },
    env: { HYPERFRAMES_NATIVE_TRANSPORT: "file" },
  });
}

/** Edits that change how the hook works and not what it shows. */
const INVISIBLE = [
  "unchanged frames are injected again",
  "unchanged frames are injected again where their style changed",
  "the injected ids are no Set",
  "injectVideoFramesBatch2",
  "an arrow function instead of a declaration",
  "the resolver's answers are kept",
  "the resolver is waited for",
];

describe("a CLI with an edit renders the same with the drop-in as without", () => {
  for (const [name, edit] of Object.entries(NEXT_RELEASES)) {
    it(name, async () => {
      copy.edit(edit);
      const plain = await renderAs(name, "plain");
      const native = await renderAs(name, "native");
      const { frames, differing } = await compareFrames(plain.outputPath, native.outputPath);
      assert.deepEqual({ frames, differing }, { frames: FRAMES, differing: 0 });
      const seen = await compareFrames(plain.outputPath, today.outputPath);
      assert.equal(
        seen.differing > 0,
        !INVISIBLE.includes(name),
        `${seen.differing} frames are not those of today's CLI`,
      );
      const { stats } = native;
      assert.deepEqual(stats?.framesBy, { file: stats?.frames });
      assert.deepEqual(stats?.fallbacks, []);
      assert.deepEqual(stats?.untouched, []);
      assert.doesNotMatch(native.log, /HyperframesNativeWarning/);
    });
  }
});
