/** What is tried for which wish, and how long for. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { createVideoFrameInjector, FrameCache } from "hyperframes-native";
import { inspectFrames } from "../../dist/cache/frame-info.js";
import { decodedLimit } from "../../dist/look-ahead/decoded-limit.js";
import { within } from "../../dist/transport/bounded.js";
import { InlineTransport } from "../../dist/transport/inline.js";
import { transportPolicy } from "../../dist/transport/policy.js";
import { FrameFolder, jpegLike, PNG } from "../support/frames.ts";
import { StubLookup } from "../support/stub-page.ts";

const VARIABLE = "HYPERFRAMES_NATIVE_TRANSPORT";
const inline = new InlineTransport(new FrameCache());
const tried = (asked?: "auto" | "file" | "served" | "inline") =>
  transportPolicy(asked, inline).transports.map(({ name }) => name);

afterEach(() => {
  delete process.env[VARIABLE];
});

test("auto tries file, served, inline; every wish ends inline", () => {
  assert.deepEqual(tried(), ["file", "served", "inline"]);
  assert.deepEqual(tried("auto"), ["file", "served", "inline"]);
  assert.deepEqual(tried("file"), ["file", "inline"]);
  assert.deepEqual(tried("served"), ["served", "inline"]);
  assert.deepEqual(tried("inline"), ["inline"]);
});

test("only auto asks for a least size", () => {
  assert.ok(transportPolicy("auto", inline).leastStepBytes > 0);
  assert.equal(transportPolicy("file", inline).leastStepBytes, 0);
});

test("the option goes before the environment; a wrong option is an error, a wrong variable a warning", async () => {
  process.env[VARIABLE] = " Served ";
  assert.deepEqual(tried(), ["served", "inline"]);
  assert.deepEqual(tried("file"), ["file", "inline"]);
  assert.throws(() => createVideoFrameInjector(new StubLookup(() => ({})), { transport: "tcp" as never }), {
    code: "INVALID_OPTION",
  });
  process.env[VARIABLE] = "tcp";
  const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
  assert.deepEqual(tried(), ["file", "served", "inline"]);
  assert.match((await warned).message, /HYPERFRAMES_NATIVE_TRANSPORT=tcp is not known/);
});

test("waiting is bounded, and a late failure is nobody's", async () => {
  await assert.rejects(within(10, new Promise(() => undefined)), { code: "TRANSPORT_UNUSABLE" });
  let fail: (error: Error) => void = () => undefined;
  const late = new Promise<never>((_, reject) => {
    fail = reject;
  });
  await assert.rejects(within(10, late), { code: "TRANSPORT_UNUSABLE" });
  fail(new Error("too late")); // an unhandled rejection would end the test run
  assert.equal(await within(1000, Promise.resolve(7)), 7);
});

test("less is decoded ahead on a small machine", () => {
  const gib = 1024 ** 3;
  assert.ok(decodedLimit(4 * gib) < 256 * 1024 ** 2);
  assert.ok(decodedLimit(4 * gib - 1) < 128 * 1024 ** 2);
});

test("frames are looked at: size, time and pixels; an error names the file and the video", async (t) => {
  const folder = new FrameFolder(t);
  const cache = new FrameCache();
  const png = { videoId: "p", framePath: folder.write("a.png", PNG), frameIndex: 0 };
  const jpg = { videoId: "j", framePath: folder.write("b.jpg", jpegLike(500)), frameIndex: 0 };
  const infos = await inspectFrames(cache, [png, jpg]);
  const { size, width, height } = infos.get(png) ?? {};
  assert.deepEqual({ size, width, height }, { size: PNG.length, width: 1, height: 1 });
  assert.deepEqual([infos.get(jpg)?.size, infos.get(jpg)?.width], [500, 0]);
  const gone = { videoId: "g", framePath: join(folder.path, "gone.jpg"), frameIndex: 0 };
  await assert.rejects(inspectFrames(cache, [png, gone]), {
    code: "FRAME_NOT_FOUND",
    videoId: "g",
    path: gone.framePath,
  });
});

test("a look at a doubtful file warns as a read does, and is an error where frames must be whole", async (t) => {
  const folder = new FrameFolder(t);
  const cut = {
    videoId: "c",
    framePath: folder.write("cut.jpg", jpegLike(500).subarray(0, 400)),
    frameIndex: 0,
  };
  const warned = new Promise<Error & { code?: string }>((resolve) => process.once("warning", resolve));
  const infos = await inspectFrames(new FrameCache(), [cut]);
  assert.equal(infos.get(cut)?.size, 400);
  assert.equal((await warned).code, "FRAME_CUT_SHORT");
  await assert.rejects(inspectFrames(new FrameCache({ strict: true }), [cut]), {
    code: "FRAME_CUT_SHORT",
    videoId: "c",
  });
});
