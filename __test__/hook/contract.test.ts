/** The rules of the call that upstream's callers rely on, with the hook of the installed engine on a page that keeps a diary. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { createVideoFrameInjector, FrameError, type VideoFrameInjectorOptions } from "hyperframes-native";
import { wrapInjector } from "../../dist/ts/create-injector.js";
import { nativeSwap } from "../../dist/ts/register/swaps.js";
import { dataUri, FrameFolder, jpegLike, PNG } from "../support/frames.ts";
import { StubLookup, StubPage } from "../support/stub-page.ts";

function hookFor(lookup: StubLookup, options: VideoFrameInjectorOptions = {}) {
  const hook = createVideoFrameInjector(lookup, options);
  assert.ok(hook);
  return hook;
}

test("a null table gives a null hook", () => {
  assert.equal(createVideoFrameInjector(null), null);
  assert.equal(createVideoFrameInjector(null, {}), null);
});

test("unknown keys and unusable limits are tolerated", async (t) => {
  const folder = new FrameFolder(t);
  const path = folder.write("frame_00001.jpg", jpegLike(100));
  const odd = {
    somethingElse: 1,
    frameDataUriCacheLimit: Number.NaN,
    frameDataUriCacheBytesLimitMb: Infinity,
  };
  const page = new StubPage();
  await hookFor(new StubLookup(() => ({ a: [path, 0] })), odd)(page, 0);
  assert.equal(page.injected.length, 1);
});

test("a table of an unknown shape is an error with a code", () => {
  assert.throws(() => createVideoFrameInjector({} as never), { code: "INVALID_OPTION" });
});

test("the table is asked before anything is awaited, and for the step's time alone while no stride is known", async () => {
  const lookup = new StubLookup(() => ({}));
  const { createVideoFrameInjector: upstream } = await import("@hyperframes/engine");
  const pending = hookFor(lookup, { upstream })(new StubPage(), 1.5);
  assert.deepEqual(lookup.asked, [1.5]);
  await pending;
  assert.deepEqual(lookup.asked, [1.5, 1.5]); // and by upstream's own hook
});

test("order: sync, inject, reseek; and the page gets the exact data URIs in the table's order", async (t) => {
  const folder = new FrameFolder(t);
  const jpg = jpegLike(3001, 7);
  const a = folder.write("frame_00001.jpg", jpg);
  const b = folder.write("frame_00001.png", PNG);
  const page = new StubPage();
  await hookFor(new StubLookup(() => ({ a: [a, 0], b: [b, 3] })))(page, 0.25);
  assert.deepEqual(page.diary, ["sync a b", "inject a b", "reseek 0.25"]);
  assert.deepEqual(page.last, [`a:${dataUri(a, jpg)}`, `b:${dataUri(b, PNG)}`]);
});

test("only changed frames are injected; no injection means no reseek", async (t) => {
  const folder = new FrameFolder(t);
  const paths = [0, 1].map((n) => folder.write(`frame_${n}.jpg`, jpegLike(64, n)));
  const page = new StubPage();
  const hook = hookFor(new StubLookup((t) => ({ still: [paths[0] ?? "", 0], moving: [paths[t] ?? "", t] })));
  await hook(page, 0);
  await hook(page, 0);
  await hook(page, 1);
  assert.deepEqual(page.diary, [
    "sync still moving",
    "inject still moving",
    "reseek 0",
    "sync still moving",
    "sync still moving",
    "inject moving",
    "reseek 1",
  ]);
});

test("a video under a hidden host is tried again until the page confirms it", async (t) => {
  const folder = new FrameFolder(t);
  const path = folder.write("frame.jpg", jpegLike(64));
  const page = new StubPage();
  page.hidden.add("a");
  const hook = hookFor(new StubLookup(() => ({ a: [path, 0] })));
  await hook(page, 0);
  await hook(page, 0);
  assert.deepEqual(page.diary, ["sync a", "inject a", "sync a", "inject a"]); // nothing painted: no reseek
  page.hidden.clear();
  await hook(page, 0);
  await hook(page, 0);
  assert.deepEqual(page.diary.slice(4), ["sync a", "inject a", "reseek 0", "sync a"]);
});

test("an id that is no longer active is forgotten", async (t) => {
  const folder = new FrameFolder(t);
  const path = folder.write("frame.jpg", jpegLike(64));
  const page = new StubPage();
  const hook = hookFor(new StubLookup((t) => (t === 1 ? {} : { a: [path, 0] })));
  for (const time of [0, 1, 2]) await hook(page, time);
  assert.equal(page.injected.length, 2);
});

test("state is kept for each hook and page: a fresh page and a new hook start over", async (t) => {
  const folder = new FrameFolder(t);
  const path = folder.write("frame.jpg", jpegLike(64));
  const lookup = new StubLookup(() => ({ a: [path, 0] }));
  const [first, second] = [new StubPage(), new StubPage()];
  const hook = hookFor(lookup);
  await Promise.all([hook(first, 0), hook(second, 0)]);
  assert.equal(first.injected.length, 1);
  assert.equal(second.injected.length, 1);
  await hook(first, 0);
  assert.equal(first.injected.length, 1);
  await hookFor(lookup)(first, 0);
  assert.equal(first.injected.length, 2);
});

test("whatever else a hook and its maker are called with goes on as it comes; a held time is prepared for", async (t) => {
  const folder = new FrameFolder(t);
  const paths = [0, 1].map((n) => folder.write(`frame_${n}.jpg`, jpegLike(64, n)));
  const own = new Map([["a", { framePath: paths[1] ?? "", frameIndex: 1 }]]);
  const held = new Map([
    ["a", { framePath: paths[0] ?? "", frameIndex: 0 }],
    ["gone", { framePath: "/nowhere", frameIndex: 0 }],
  ]);
  const lookup = { getActiveFramePayloads: (time: number) => (time === 1 ? own : held) };
  const calls: unknown[] = [];
  const sources: unknown[] = [];
  const hook = wrapInjector(
    (table, options: VideoFrameInjectorOptions, ...rest) => {
      calls.push([table === lookup, Object.keys(options).includes("later"), ...rest]);
      return async (...call: unknown[]) => {
        calls.push(call.slice(1));
        sources.push(...paths.map((path) => options.frameSrcResolver?.(path)));
      };
    },
    lookup,
    { later: true } as VideoFrameInjectorOptions,
    [{ third: 3 }],
  );
  await hook?.(new StubPage(), 1, 0, "more");
  assert.deepEqual(calls, [
    [true, true, { third: 3 }],
    [1, 0, "more"],
  ]);
  assert.deepEqual(sources, [dataUri("x.jpg", jpegLike(64, 0)), null]);
  assert.equal(own.get("a")?.frameIndex, 1, "the table's own map stays as it was");
});

test("an upstream without the hook's maker is an error with a code, and what to hand in instead", () => {
  const bare = { injectVideoFramesBatch: () => [], syncVideoFrameVisibility: () => undefined };
  for (const options of [{ pageFunctions: bare }, { upstream: bare }])
    assert.throws(() => createVideoFrameInjector(new StubLookup(() => ({})), options as never), {
      code: "INVALID_OPTION",
      advice: /@hyperframes\/engine/,
    });
});

test("under the register hook an engine that is handed in, or found, is not wrapped twice", async (t) => {
  const folder = new FrameFolder(t);
  const path = folder.write("frame.jpg", jpegLike(64));
  const { createVideoFrameInjector: engine } = await import("@hyperframes/engine");
  let natives = 0;
  const swap = nativeSwap((...call) => {
    natives++;
    return wrapInjector(...call);
  }, undefined);
  const upstream = (...call: unknown[]) => swap(engine, ...(call as [never, never]));
  const page = new StubPage();
  await hookFor(new StubLookup(() => ({ a: [path, 0] })), { upstream })(page, 0);
  assert.deepEqual(page.diary, ["sync a", "inject a", "reseek 0"]);
  assert.equal(natives, 0);
});

test("a failed read rejects before the page is touched, with code, path, video and advice", async (t) => {
  const folder = new FrameFolder(t);
  const good = folder.write("good.jpg", jpegLike(64));
  const gone = join(folder.path, "gone.jpg");
  const page = new StubPage();
  let files: Record<string, [string, number]> = { good: [good, 0], bad: [gone, 0] };
  const hook = hookFor(new StubLookup(() => files));
  await assert.rejects(hook(page, 0), (error: unknown) => {
    assert.ok(error instanceof FrameError);
    assert.equal(error.code, "FRAME_NOT_FOUND");
    assert.equal(error.path, gone);
    assert.equal(error.videoId, "bad");
    assert.ok(error.advice && error.message.includes(error.advice));
    assert.match(error.message, /^ENOENT: no such file or directory, open '.*gone\.jpg'/);
    return true;
  });
  assert.deepEqual(page.diary, []);
  files = { good: [good, 0] };
  await hook(page, 0); // nothing was lost: the next call works
  assert.equal(page.injected.length, 1);
});

test("errors of the page keep their text and are not wrapped", async (t) => {
  const folder = new FrameFolder(t);
  const path = folder.write("frame.jpg", jpegLike(64));
  const page = new StubPage();
  page.failure = new Error("Runtime.callFunctionOn timed out. Increase the 'protocolTimeout' setting");
  const hook = hookFor(new StubLookup(() => ({ a: [path, 0] })));
  await assert.rejects(hook(page, 0), (error) => error === page.failure);
  page.failure = undefined;
  await hook(page, 0); // the frame was not counted as shown
  assert.equal(page.injected.length, 1);
});

test("a resolver's result is used untouched and the file is not read; null and empty mean read it", async (t) => {
  const folder = new FrameFolder(t);
  const path = folder.write("frame.jpg", jpegLike(64));
  const page = new StubPage();
  const frameSrcResolver = (framePath: string) =>
    framePath.startsWith("/nowhere") ? "http://127.0.0.1/frame?x=1" : framePath.includes("empty") ? "" : null;
  const empty = folder.write("empty-answer.jpg", jpegLike(65));
  const lookup = new StubLookup(() => ({
    served: ["/nowhere/1.jpg", 0],
    read: [path, 0],
    empty: [empty, 0],
  }));
  const hook = hookFor(lookup, { frameSrcResolver, frameDataUriCacheLimit: 77 }); // a budget of its own
  await hook(page, 0);
  assert.deepEqual(page.last, [
    "served:http://127.0.0.1/frame?x=1",
    `read:${dataUri(path, jpegLike(64))}`,
    `empty:${dataUri(empty, jpegLike(65))}`,
  ]);
  assert.equal(hook.stats().cache.misses, 2);
});

test("a frame that no message can carry is an error, not a closed browser", async (t) => {
  const folder = new FrameFolder(t);
  const path = folder.write("huge.png", Buffer.concat([PNG, Buffer.alloc(80 * 1024 * 1024)]));
  const page = new StubPage();
  await assert.rejects(hookFor(new StubLookup(() => ({ a: [path, 0] })), { transport: "inline" })(page, 0), {
    code: "FRAME_TOO_LARGE",
    videoId: "a",
  });
  assert.deepEqual(page.diary, []);
});

test("data URIs that no one message can carry together: told, and left to upstream", async (t) => {
  const folder = new FrameFolder(t);
  const size = 18 * 1024 * 1024; // 24 MiB as base64: four fit, five do not
  const files = Object.fromEntries(
    Array.from({ length: 5 }, (_, n): [string, [string, number]] => [
      `v${n}`,
      [folder.write(`${n}.jpg`, jpegLike(size, n)), 0],
    ]),
  );
  const warned: string[] = [];
  const listen = ({ message }: Error) => warned.push(message);
  process.on("warning", listen);
  t.after(() => process.off("warning", listen));
  const page = new StubPage();
  await hookFor(new StubLookup(() => files), { transport: "inline" })(page, 0);
  await new Promise(setImmediate);
  assert.deepEqual(page.diary, ["sync v0 v1 v2 v3 v4", "inject v0 v1 v2 v3 v4", "reseek 0"]);
  assert.ok(
    warned.some((message) => /^The data URIs of one step take 120 MiB\./.test(message)),
    warned.join(),
  );
});
