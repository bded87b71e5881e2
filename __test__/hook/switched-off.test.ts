/** HYPERFRAMES_NATIVE=off and HYPERFRAMES_NATIVE_CLIP=keep, in code that imports the injector. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { createVideoFrameInjector } from "hyperframes-native";
import { captureClip } from "../../dist/ts/page-session.js";
import { BlobPage } from "../support/blob-page.ts";
import { dataUri, FrameFolder, jpegLike } from "../support/frames.ts";
import { StubLookup, StubPage } from "../support/stub-page.ts";

function setVariable(t: TestContext, name: string, value: string): void {
  process.env[name] = value;
  t.after(() => delete process.env[name]);
}

test("off: upstream reads the frames itself, nothing of ours is in the page, and no summary is told", async (t) => {
  setVariable(t, "HYPERFRAMES_NATIVE", "off");
  const bytes = jpegLike(90);
  const path = new FrameFolder(t).write("a.jpg", bytes);
  const lines: string[] = [];
  const logger = { info: (line: string) => lines.push(line) };
  const hook = createVideoFrameInjector(new StubLookup(() => ({ v: [path, 0] })), {
    transport: "file",
    logger,
  });
  const page = Object.assign(new StubPage(), {
    isClosed: () => false,
    once: (_: "close", closed: () => void) => process.nextTick(closed),
  });
  await hook?.(page, 0);
  assert.deepEqual(page.last, [`v:${dataUri(path, bytes)}`]);
  // Quiet audio would be asked for before them.
  assert.deepEqual(page.diary, ["sync v", "inject v", "reseek 0"]);
  const { frames, framesBy, fallbacks, cache } = hook?.stats() ?? {};
  assert.deepEqual([frames, framesBy, fallbacks, cache?.misses], [0, {}, [], 0]);
  assert.deepEqual(lines, []);
});

test("the clip is kept where its variable says so, although a frame is shown", async (t) => {
  const path = new FrameFolder(t).write("a.jpg", jpegLike(90));
  const hook = createVideoFrameInjector(new StubLookup(() => ({ v: [path, 0] })), { transport: "file" });
  const viewport = { width: 64, height: 36 };
  const page = Object.assign(new BlobPage(), { viewport: () => viewport });
  t.after(() => page.close());
  await hook?.(page, 0);
  const clip = { x: 0, y: 0, ...viewport, scale: 1 };
  assert.equal(await captureClip(page, {}, clip), undefined);
  setVariable(t, "HYPERFRAMES_NATIVE_CLIP", "keep");
  assert.deepEqual(await captureClip(page, {}, clip), clip);
});
