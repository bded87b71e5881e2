/** What is tried for which wish, and how long for. */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createVideoFrameInjector, FrameCache } from "hyperframes-native";
import { inspectFrames } from "../../dist/ts/native/binding.js";
import { decodedLimit } from "../../dist/ts/native/limits.js";
import { chooseTransport, transportPolicy } from "../../dist/ts/transports/choose.js";
import type { FrameTransport, MadeUrl } from "../../dist/ts/transports/transport.js";
import { within } from "../../dist/ts/transports/transport.js";
import { FrameFolder, jpegLike } from "../support/frames.ts";
import { StubLookup } from "../support/stub-page.ts";

const VARIABLE = "HYPERFRAMES_NATIVE_TRANSPORT";
const tried = (asked?: "auto" | "file" | "served" | "inline") =>
  transportPolicy(asked).transports.map(({ name }) => name);

afterEach(() => {
  delete process.env[VARIABLE];
});

test("auto tries file, then served; what none takes goes inline", () => {
  assert.deepEqual(tried(), ["file", "served"]);
  assert.deepEqual(tried("auto"), ["file", "served"]);
  assert.deepEqual(tried("file"), ["file"]);
  assert.deepEqual(tried("served"), ["served"]);
  assert.deepEqual(tried("inline"), []);
});

test("the option goes before the environment; a wrong option is an error, a wrong variable a warning", async () => {
  process.env[VARIABLE] = " Served ";
  assert.deepEqual(tried(), ["served"]);
  assert.deepEqual(tried("file"), ["file"]);
  assert.throws(() => createVideoFrameInjector(new StubLookup(() => ({})), { transport: "tcp" as never }), {
    code: "INVALID_OPTION",
  });
  process.env[VARIABLE] = "tcp";
  const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
  createVideoFrameInjector(new StubLookup(() => ({})));
  assert.deepEqual(tried(), ["file", "served"]);
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

const FRAME = { videoId: "v", framePath: "/frame", frameIndex: 0 };

/** A trial with one frame, whose data URI can be had. */
function trial(discarded: string[] = []) {
  return {
    frames: [FRAME],
    infos: new Map(),
    dataUris: async () => new Map([["/frame", "data:frame"]]),
    discard: (made: readonly MadeUrl[]) => void discarded.push(...made.map(({ url }) => url)),
  };
}

const WINDOW = { frames: 1, bytes: 1 };

/** A transport that makes one URL, after a while. */
function making(
  url: string,
  arrival: Promise<unknown> = Promise.resolve(),
  closed: string[] = [],
): FrameTransport {
  const make = async () => {
    await arrival;
    return [{ url, bytes: 1 }];
  };
  return {
    name: "file",
    open: async () => ({ name: "file", window: WINDOW, make, close: () => closed.push(url) }),
  };
}

test("a transport that shows nothing is closed, and so is one that answers too late; their URLs are revoked", async (t) => {
  const discarded: string[] = [];
  const closed: string[] = [];
  const page = {
    evaluate: async (_: unknown, urls: string[]) =>
      urls.map((url) => (url === "blob:broken" ? { error: "no image" } : { width: 1, height: 1 })),
  };
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let arrive: (value?: unknown) => void = () => undefined;
  const late = new Promise((resolve) => {
    arrive = resolve;
  });
  const transports = [making("blob:broken", undefined, closed), making("blob:late", late, closed)];
  const choosing = chooseTransport(page, transports, trial(discarded));
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
  t.mock.timers.tick(60_000);
  const { name, open, rejected } = await choosing;
  assert.deepEqual([name, open], ["inline", undefined]);
  assert.match(rejected.join(), /no image.*no answer within/);
  assert.deepEqual([discarded, closed], [["blob:broken"], ["blob:broken"]]);
  arrive();
  await new Promise(setImmediate);
  assert.deepEqual(discarded, ["blob:broken", "blob:late"]);
  assert.deepEqual(closed, discarded);
});

test("a frame that its data URI does not show either is no reason against a transport", async () => {
  const page = { evaluate: async (_: unknown, urls: string[]) => urls.map(() => ({ error: "no image" })) };
  const { name, open, rejected } = await chooseTransport(page, [making("blob:broken")], trial());
  assert.deepEqual([name, open?.made, rejected], ["file", [{ url: "blob:broken", bytes: 1 }], []]);
});

const never = () => new Promise<never>(() => undefined);

test("after a transport that did not answer in time frames go inline, without another wait", async (t) => {
  const opened: string[] = [];
  const hanging = (name: "file" | "served"): FrameTransport => ({
    name,
    async open() {
      opened.push(name);
      return { name, window: WINDOW, make: never, close: () => undefined };
    },
  });
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const choosing = chooseTransport({ evaluate: never }, [hanging("file"), hanging("served")], trial());
  await new Promise(setImmediate);
  t.mock.timers.tick(10_000);
  const { name, rejected } = await choosing;
  assert.deepEqual([name, opened], ["inline", ["file"]]);
  assert.deepEqual(rejected, ["file: no answer within 10 s"]);
});

test("many large pictures are given longer, but not for ever", async (t) => {
  const info = { size: 1, mtimeMs: 1, ctimeMs: 1, width: 3840, height: 2160, wholeMcus: true };
  const frames = Array.from({ length: 30 }, (_, frameIndex) => {
    return { videoId: "v", framePath: `/frame${frameIndex}`, frameIndex };
  });
  const infos = new Map(frames.map(({ framePath }) => [framePath, info]));
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let chosen = false;
  const choosing = chooseTransport({ evaluate: never }, [making("blob:late", never())], {
    ...trial(),
    frames,
    infos,
  });
  choosing.then(() => {
    chosen = true;
  });
  await new Promise(setImmediate);
  t.mock.timers.tick(60_000);
  await new Promise(setImmediate);
  assert.equal(chosen, false);
  t.mock.timers.tick(60_000);
  assert.equal((await choosing).name, "inline");
});

test("less is decoded ahead on a small machine", () => {
  const gib = 1024 ** 3;
  assert.ok(decodedLimit(4 * gib) < 256 * 1024 ** 2);
  assert.ok(decodedLimit(4 * gib - 1) < 128 * 1024 ** 2);
});

test("a look at a suspicious file warns as a read does, and is an error where frames must be whole", async (t) => {
  const folder = new FrameFolder(t);
  const cut = {
    videoId: "c",
    framePath: folder.write("cut.jpg", jpegLike(500).subarray(0, 400)),
    frameIndex: 0,
  };
  const warned = new Promise<Error & { code?: string }>((resolve) => process.once("warning", resolve));
  const infos = await inspectFrames(new FrameCache(), [cut]);
  assert.equal(infos.get(cut.framePath)?.size, 400);
  assert.equal((await warned).code, "FRAME_CUT_SHORT");
  await assert.rejects(inspectFrames(new FrameCache({ strict: true }), [cut]), {
    code: "FRAME_CUT_SHORT",
    videoId: "c",
  });
});
