// The newest CLI, started as a user starts it; it carries a producer of its own, newer than the package's.
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { compareFrames, distinctFrames } from "../support/compare-frames.ts";
import { oneVideo, writeComposition } from "../support/composition.ts";
import { FrameFolder } from "../support/frames.ts";
import { makeVideo } from "../support/media.ts";
import type { Capture, RenderMode } from "../support/render.ts";
import { type CliRenderResult, renderWithCli } from "../support/render-cli.ts";
import { twoClips } from "../support/small-scenes.ts";
import { DISTINCT_TRANSPORTS } from "../support/variants.ts";

const SOURCE = { width: 320, height: 180, fps: 30, seconds: 1 } as const;
const TIMEOUT_MS = 120_000;
const FRAMES = 30;

const dir = new FrameFolder({ after }).path;
const projectDir = path.join(dir, "project");

before(async () => writeComposition(projectDir, await twoClips(51)));

function renderAs(mode: RenderMode, capture: Capture, transport?: string): Promise<CliRenderResult> {
  return renderWithCli({
    projectDir,
    outputPath: path.join(dir, `${mode}-${capture}-${transport}.mp4`),
    mode,
    capture,
    frameFormat: "jpg",
    timeoutMs: TIMEOUT_MS,
    env: {
      // Else it starts a browser only to ask for its GPU.
      PRODUCER_BROWSER_GPU_MODE: "software",
      ...(transport === undefined ? {} : { HYPERFRAMES_NATIVE_TRANSPORT: transport }),
    },
  });
}

for (const capture of ["beginframe", "screenshot"] as const) {
  describe(`hyperframes render, ${capture}`, () => {
    let plain: CliRenderResult;

    before(async () => {
      plain = await renderAs("plain", capture);
    });

    it("moves", async () => {
      assert.match(plain.log, new RegExp(`^ *${capture} capture`, "m"));
      assert.ok((await distinctFrames(plain.outputPath)) >= FRAMES - 1);
    });

    for (const transport of DISTINCT_TRANSPORTS) {
      it(transport, async () => {
        const native = await renderAs("native", capture, transport);
        assert.match(native.log, new RegExp(`^ *${capture} capture`, "m"));
        const { stats } = native;
        assert.ok(stats);
        assert.equal(stats.mode, "native");
        assert.ok(stats.hook.calls >= FRAMES);
        assert.ok((stats.frames ?? 0) > 0);
        assert.deepEqual(stats.framesBy, { [transport]: stats.frames });
        assert.deepEqual(stats.fallbacks, []);
        const comparison = await compareFrames(plain.outputPath, native.outputPath);
        assert.equal(comparison.frames, FRAMES);
        assert.equal(comparison.differing, 0);
      });
    }
  });
}

it("at default flags, with upstream's trial frames and its workers: one line for all hooks", async () => {
  // Upstream captures trial frames where there are 60 and more.
  const seconds = 2.1;
  const src = await makeVideo({ ...SOURCE, seconds, kind: "pattern", seed: 53 });
  const longer = path.join(dir, "longer");
  writeComposition(longer, oneVideo(src, SOURCE, seconds));
  const { log, stats } = await renderWithCli({
    ...{ projectDir: longer, outputPath: path.join(dir, "longer.mp4"), mode: "native", capture: "auto" },
    ...{ asUsersDo: true, timeoutMs: TIMEOUT_MS },
  });
  assert.ok((stats?.hooks ?? 0) > 1, `${stats?.hooks} hooks`);
  assert.deepEqual(log.match(/hyperframes-native is on: \d+ video frames/g)?.length, 1, log);
});
