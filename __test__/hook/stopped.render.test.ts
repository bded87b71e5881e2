// A whole render that is stopped, or loses what it stands on: a clear end, nothing left, and the next render is right.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { compareFrames } from "../support/compare-frames.ts";
import { oneVideo, writeComposition } from "../support/composition.ts";
import { FrameFolder } from "../support/frames.ts";
import { makeVideo } from "../support/media.ts";
import { processesWith } from "../support/process-state.ts";
import { type RenderMode, type RenderOptions, type RenderResult, render } from "../support/render.ts";

const CANVAS = { width: 320, height: 180 } as const;
const FPS = 30;
const SECONDS = 3;
const dir = new FrameFolder({ after }).path;
const projectDir = path.join(dir, "project");
let renders = 0;

before(async () => {
  const src = await makeVideo({ ...CANVAS, fps: FPS, seconds: SECONDS, kind: "noise", seed: 72 });
  writeComposition(projectDir, oneVideo(src, CANVAS, SECONDS));
});

function one(mode: RenderMode, options: Partial<RenderOptions> = {}): Promise<RenderResult> {
  const n = renders++;
  return render({
    ...{ projectDir, mode, capture: "screenshot", frameFormat: "png", fps: FPS, timeoutMs: 120_000 },
    outputPath: path.join(dir, `${n}.mp4`),
    extractCacheDir: path.join(dir, `extracted-${n}`),
    ...options,
  });
}

/** Programs that have this test's folder in their arguments or environment. */
const left = () => processesWith(dir, "cmdline", "environ");

async function assertNothingLeft(): Promise<void> {
  for (let tries = 0; tries < 100 && left().length > 0; tries++) await sleep(100);
  assert.deepEqual(left(), []);
}

/** What a render rejects with. */
async function failure(mode: RenderMode, options: Partial<RenderOptions>): Promise<string> {
  const error: unknown = await one(mode, options).then(
    () => assert.fail(`the ${mode} render went well`),
    (reason) => reason,
  );
  return String(error);
}

/** Calls back once, when the first frames have been captured. */
function inTheMiddle(what: () => void): Pick<RenderOptions, "onProgress"> {
  let done = false;
  return {
    onProgress: ({ message }) => {
      const frame = /frame (\d+)\//i.exec(message)?.[1];
      if (done || frame === undefined) return;
      done = true;
      what();
    },
  };
}

describe("a render that loses what it stands on", { skip: process.platform !== "linux" }, () => {
  let right: RenderResult;
  before(async () => {
    right = await one("plain");
  });

  it("its frames are removed by another's clean-up: an error that names the frame, as upstream's does", async () => {
    for (const mode of ["plain", "native"] as const) {
      const extractCacheDir = path.join(dir, `removed-${mode}`);
      const gone = () => rmSync(extractCacheDir, { recursive: true, force: true });
      const message = await failure(mode, { extractCacheDir, ...inTheMiddle(gone) });
      assert.match(message, /ENOENT: no such file or directory, open '[^']+frame_\d+\.png'/);
      if (mode === "native") assert.match(message, /video "video"/);
      await assertNothingLeft();
    }
  });

  it("it is told to end in the middle of a frame: nothing is left, and the next render is the same", async () => {
    const stop = new AbortController();
    const stopped = await failure("native", { ...inTheMiddle(() => stop.abort()), signal: stop.signal });
    assert.match(stopped, /ended with/);
    await assertNothingLeft();
    const next = await one("native");
    assert.ok((await compareFrames(right.outputPath, next.outputPath)).identical);
    await assertNothingLeft();
  });

  it("the disk for its frames is full: both say so, and nothing is left", async (t) => {
    const small = path.join(dir, "small");
    mkdirSync(small);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "none", small], { stdio: "ignore" });
    } catch {
      t.skip("a small file system cannot be mounted here");
      return;
    }
    try {
      for (const mode of ["plain", "native"] as const) {
        const message = await failure(mode, { extractCacheDir: path.join(small, mode) });
        assert.match(message, /VIDEO_SOURCE_UNRENDERABLE; ffmpeg_failed=1/);
        assert.doesNotMatch(message, /hyperframes-native.*INTERNAL/);
        await assertNothingLeft();
        rmSync(path.join(small, mode), { recursive: true, force: true });
      }
    } finally {
      execFileSync("umount", [small]);
    }
    assert.ok(existsSync(right.outputPath));
  });
});
