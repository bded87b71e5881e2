/** The rules of the call that upstream's callers rely on, each against stub page functions. */
import assert from "node:assert/strict";
import { mkdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createVideoFrameInjector, FrameError, type VideoFrameInjectorOptions } from "hyperframes-native";
import { mediaCounts, quietAudio } from "../../dist/page/quiet-media-page.js";
import { swapInjector } from "../../dist/register/swap-injector.js";
import { dataUri, FrameFolder, jpegLike, PNG } from "../support/frames.ts";
import { StubLookup, StubPage, stubPageFunctions } from "../support/stub-page.ts";

function hookFor(lookup: StubLookup, options: VideoFrameInjectorOptions = {}) {
  const hook = createVideoFrameInjector(lookup, { pageFunctions: stubPageFunctions, ...options });
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

test("a table or page functions of an unknown shape are an error with a code", () => {
  assert.throws(() => createVideoFrameInjector({} as never), { code: "INVALID_OPTION" });
  assert.throws(() => createVideoFrameInjector(new StubLookup(() => ({})), { pageFunctions: {} as never }), {
    code: "INVALID_OPTION",
  });
});

test("the table is asked once a call, before anything is awaited", async () => {
  const lookup = new StubLookup(() => ({}));
  const pending = hookFor(lookup)(new StubPage(), 1.5);
  assert.deepEqual(lookup.asked, [1.5]);
  await pending;
  assert.deepEqual(lookup.asked, [1.5]);
});

test("visibility is synced on every call, also when nothing is active", async () => {
  const page = new StubPage();
  const hook = hookFor(new StubLookup(() => ({})));
  await hook(page, 0);
  await hook(page, 1);
  assert.deepEqual(page.diary, ["sync", "sync"]);
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

test("where a version has colour grading draw again, it does so at the end of every call", async (t) => {
  const folder = new FrameFolder(t);
  const path = folder.write("frame_00001.jpg", jpegLike(64));
  const page = new StubPage();
  const pageFunctions = {
    ...stubPageFunctions,
    async redrawRuntimeColorGrading(page: StubPage) {
      page.diary.push("redraw");
    },
  };
  const hook = hookFor(new StubLookup((time) => (time < 2 ? { a: [path, 0] } : {})), { pageFunctions });
  for (const time of [0, 1, 2]) await hook(page, time);
  assert.deepEqual(page.diary, [
    ...["sync a", "inject a", "reseek 0", "redraw"],
    ...["sync a", "redraw"],
    ...["sync", "redraw"],
  ]);
});

test("an engine whose own hook ends with that redraw, and keeps the function to itself, gets this package's", async () => {
  const redraws: unknown[] = [];
  const page = Object.assign(new StubPage(), {
    evaluate: async (pageFunction: unknown) =>
      [quietAudio, mediaCounts].every((other) => other !== pageFunction) && redraws.push(pageFunction),
  });
  async function redrawRuntimeColorGrading() {}
  const engine = {
    ...stubPageFunctions,
    createVideoFrameInjector: () => async () => {
      await redrawRuntimeColorGrading();
    },
  };
  await hookFor(new StubLookup(() => ({})), { pageFunctions: engine })(page, 0);
  assert.equal(redraws.length, 1);
  assert.match(String(redraws[0]), /colorGrading\?\.redraw/);
  const later = { ...stubPageFunctions, createVideoFrameInjector: () => async () => undefined };
  await hookFor(new StubLookup(() => ({})), { pageFunctions: later })(page, 0);
  assert.equal(redraws.length, 1);
});

test("the same of an engine whose hook maker the register hook has put another before", async () => {
  const swapped = swapInjector(`
export async function injectVideoFramesBatch() { return []; }
export async function syncVideoFrameVisibility() {}
async function redrawRuntimeColorGrading() {}
export function createVideoFrameInjector(table, config) {
  return async (page) => {
    for (const payload of table) { if (last === payload.frameIndex) continue; }
    new Set(await injectVideoFramesBatch(page, []));
    await redrawRuntimeColorGrading(page);
  };
}`);
  assert.equal(swapped.kind, "swapped");
  const engine = await import(`data:text/javascript,${encodeURIComponent(swapped.source)}`);
  const redraws: unknown[] = [];
  const page = Object.assign(new StubPage(), {
    evaluate: async (pageFunction: unknown) =>
      [quietAudio, mediaCounts].every((other) => other !== pageFunction) && redraws.push(pageFunction),
  });
  await hookFor(new StubLookup(() => ({})), { pageFunctions: engine })(page, 0);
  assert.equal(redraws.length, 1);
});

test("page functions that do not say what they injected are an error with a code", async (t) => {
  const folder = new FrameFolder(t);
  const path = folder.write("frame_00001.jpg", jpegLike(64));
  const pageFunctions = { ...stubPageFunctions, injectVideoFramesBatch: async () => undefined as never };
  const hook = hookFor(new StubLookup(() => ({ a: [path, 0] })), { pageFunctions });
  await assert.rejects(hook(new StubPage(), 0), { code: "PAGE_FUNCTIONS_MISSING" });
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

test("a held time: videos active at both times show the held frame, the table's own map stays as it was", async (t) => {
  const folder = new FrameFolder(t);
  const paths = [0, 1].map((n) => folder.write(`frame_${n}.jpg`, jpegLike(64, n)));
  const own = new Map([["a", { framePath: paths[1] ?? "", frameIndex: 1 }]]);
  const held = new Map([
    ["a", { framePath: paths[0] ?? "", frameIndex: 0 }],
    ["gone", { framePath: "/nowhere", frameIndex: 0 }],
  ]);
  const page = new StubPage();
  const lookup = { getActiveFramePayloads: (time: number) => (time === 1 ? own : held) };
  const hook = createVideoFrameInjector(lookup, { pageFunctions: stubPageFunctions });
  await hook?.(page, 1, 0);
  assert.deepEqual(page.last, [`a:${dataUri("x.jpg", jpegLike(64, 0))}`]);
  assert.equal(own.get("a")?.frameIndex, 1);
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

test("the data URIs of a step go in as many calls as keep each under 64 MiB", async (t) => {
  const folder = new FrameFolder(t);
  const size = 18 * 1024 * 1024; // 24 MiB as base64: two fit, three do not
  const files = Object.fromEntries(
    Array.from({ length: 5 }, (_, n) => [
      `v${n}`,
      [folder.write(`${n}.jpg`, jpegLike(size, n)), 0] as [string, number],
    ]),
  );
  const page = new StubPage();
  await hookFor(new StubLookup(() => files), { transport: "inline" })(page, 0);
  assert.deepEqual(
    page.injected.map((call) => call.map(({ videoId }) => videoId)),
    [["v0", "v1"], ["v2", "v3"], ["v4"]],
  );
  for (const call of page.injected) {
    assert.ok(call.reduce((sum, { dataUri }) => sum + dataUri.length, 0) <= 64 * 1024 * 1024);
  }
  assert.deepEqual(page.reseeks, [0]);
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

test("the extraction cache's lease is renewed, at most every five minutes", async (t) => {
  const folder = new FrameFolder(t);
  const entry = join(folder.path, "entry");
  mkdirSync(entry);
  const mark = join(entry, ".hf-complete");
  writeFileSync(mark, "");
  const path = join(entry, "frame_00001.jpg");
  writeFileSync(path, jpegLike(64));
  const old = new Date("2020-01-01T00:00:00Z");
  const age = () => {
    for (const aged of [entry, mark]) utimesSync(aged, old, old);
  };
  const touched = () => [entry, mark].every((aged) => statSync(aged).mtimeMs > old.getTime());

  const page = new StubPage();
  const byFrame = hookFor(new StubLookup(() => ({ a: [path, 0] })));
  age();
  await byFrame(page, 0);
  assert.equal(touched(), true);
  age();
  await byFrame(page, 1);
  assert.equal(touched(), false);
  t.mock.timers.enable({ apis: ["Date"], now: Date.now() + 5 * 60 * 1000 + 1 });
  await byFrame(page, 2);
  t.mock.timers.reset();
  assert.equal(touched(), true);

  // A table that names its directories: they are renewed also when no frame of theirs is active.
  const lookup = new StubLookup(() => ({}));
  lookup.frameDirs = () => [entry];
  age();
  await hookFor(lookup)(page, 0);
  assert.equal(touched(), true);
});
