/** HYPERFRAMES_NATIVE=off in code that imports the injector. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createVideoFrameInjector } from "hyperframes-native";
import { dataUri, FrameFolder, jpegLike } from "../support/frames.ts";
import { StubLookup, StubPage } from "../support/stub-page.ts";

test("off: upstream reads the frames itself, nothing of ours is in the page, and no summary is told", async (t) => {
  process.env.HYPERFRAMES_NATIVE = "off";
  t.after(() => delete process.env.HYPERFRAMES_NATIVE);
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
