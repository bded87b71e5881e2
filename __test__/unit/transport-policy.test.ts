/** What is tried for which wish, and how long for. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createVideoFrameInjector, FrameCache } from "hyperframes-native";
import { inspectFrames } from "../../dist/cache/frame-info.js";
import { decodedLimit } from "../../dist/look-ahead/decoded-limit.js";
import { within } from "../../dist/transport/bounded.js";
import { chooseTransport } from "../../dist/transport/choose.js";
import { InlineTransport } from "../../dist/transport/inline.js";
import { transportPolicy } from "../../dist/transport/policy.js";
import type { FrameSource, FrameTransport } from "../../dist/transport/transport.js";
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

test("waiting is bounded; what arrives late is handed over, and a late failure is nobody's", async () => {
  const arrived: number[] = [];
  const keep = (value: number) => arrived.push(value);
  await assert.rejects(within(10, new Promise<number>(() => undefined), keep), {
    code: "TRANSPORT_UNUSABLE",
  });
  let fail: (error: Error) => void = () => undefined;
  const late = new Promise<never>((_, reject) => {
    fail = reject;
  });
  await assert.rejects(within(10, late, keep), { code: "TRANSPORT_UNUSABLE" });
  fail(new Error("too late")); // an unhandled rejection would end the test run
  await assert.rejects(within(10, sleep(30, 5), keep), { code: "TRANSPORT_UNUSABLE" });
  await sleep(40);
  assert.equal(await within(1000, Promise.resolve(7), keep), 7);
  assert.deepEqual(arrived, [5]);
});

test("a transport that shows nothing, or answers too late, is closed, and its sources are let go", async (t) => {
  const frame = { videoId: "v", framePath: "/frame", frameIndex: 0 };
  const discarded: string[] = [];
  const closed: string[] = [];
  const discard = (sources: readonly FrameSource[]) => discarded.push(...sources.map(({ src }) => src));
  const blobs = (src: string, arrival: Promise<unknown>): FrameTransport => ({
    name: "file",
    async open() {
      const sources = async () => {
        await arrival;
        return [{ frame, src, bytes: 1, kind: "file" as const }];
      };
      return { name: "file", window: null, sources, close: () => closed.push(src) };
    },
  });
  const page = { evaluate: async () => [{ error: "no image" }] };
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let arrive: (value?: unknown) => void = () => undefined;
  const late = new Promise((resolve) => {
    arrive = resolve;
  });
  const transports = [
    blobs("blob:broken", Promise.resolve()),
    blobs("blob:late", late),
    blobs("blob:last", Promise.resolve()),
  ];
  const choosing = chooseTransport(page, transports, [frame], new Map(), discard);
  await new Promise(setImmediate);
  t.mock.timers.tick(60_000);
  const { sources, rejected } = await choosing;
  assert.deepEqual(
    sources.map(({ src }) => src),
    ["blob:last"],
  );
  assert.match(rejected.join(), /no image.*no answer within/);
  assert.deepEqual([discarded, closed], [["blob:broken"], ["blob:broken"]]);
  arrive();
  await new Promise(setImmediate);
  assert.deepEqual(discarded, ["blob:broken", "blob:late"]);
  assert.deepEqual(closed, discarded);
});

test("after a transport that did not answer in time the last one is taken, without another wait", async (t) => {
  const frame = { videoId: "v", framePath: "/frame", frameIndex: 0 };
  const opened: string[] = [];
  const answering = (
    name: "file" | "served" | "inline",
    sources: () => Promise<FrameSource[]>,
  ): FrameTransport => ({
    name,
    async open() {
      opened.push(name);
      return { name, window: null, sources, close: () => undefined };
    },
  });
  const never = () => new Promise<never>(() => undefined);
  const transports = [
    answering("file", never),
    answering("served", never),
    answering("inline", async () => []),
  ];
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const choosing = chooseTransport({ evaluate: never }, transports, [frame], new Map(), () => undefined);
  await new Promise(setImmediate);
  t.mock.timers.tick(10_000);
  const { transport, rejected } = await choosing;
  assert.deepEqual([transport.name, opened], ["inline", ["file", "inline"]]);
  assert.deepEqual(rejected, ["file: no answer within 10 s"]);
});

test("many large pictures are given longer, but not for ever", async (t) => {
  const info = {
    size: 1,
    mtimeMs: 1,
    ctimeMs: 1,

    width: 3840,
    height: 2160,
    wholeMcus: true,
  };
  const infos = new Map(
    Array.from({ length: 30 }, (_, n) => [{ videoId: `v${n}`, framePath: "/frame", frameIndex: 0 }, info]),
  );
  const never = () => new Promise<never>(() => undefined);
  const hanging: FrameTransport = {
    name: "file",
    open: async () => ({ name: "file", window: null, sources: never, close: () => undefined }),
  };
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let chosen = false;
  const choosing = chooseTransport({ evaluate: never }, [hanging, inline], [], infos, () => undefined).then(
    (choice) => {
      chosen = true;
      return choice;
    },
  );
  await new Promise(setImmediate);
  t.mock.timers.tick(60_000);
  await new Promise(setImmediate);
  assert.equal(chosen, false);
  t.mock.timers.tick(60_000);
  assert.equal((await choosing).transport.name, "inline");
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
