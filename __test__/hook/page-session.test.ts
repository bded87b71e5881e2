/** What is kept for a page: made ahead, shared, revoked, and given up, with upstream's own hook on a page without a browser. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  createVideoFrameInjector,
  keepDecodedFrames,
  type VideoFrameInjectorOptions,
} from "hyperframes-native";
import type { StepEnd } from "../../dist/ts/page/functions.js";
import { FrameCache } from "../../index.js";
import { asIfBeginFrame } from "../support/begin-frame.ts";
import { BlobPage, BROKEN, type Refusals } from "../support/blob-page.ts";
import { FrameFolder, jpegHead, jpegLike } from "../support/frames.ts";
import { type FrameUpdate, StubLookup } from "../support/stub-page.ts";
import { upstreamPart } from "../support/upstream-parts.ts";

interface Scene {
  readonly frames?: number;
  readonly bytes?: (n: number) => Buffer;
  readonly lookup?: (paths: readonly string[]) => StubLookup;
  readonly options?: VideoFrameInjectorOptions;
  readonly refusals?: Refusals;
  /** Captured by screenshots that keep their clip. */
  readonly screenshots?: boolean;
}

/** A video of ten frames a second on a page that takes files. */
function scene(t: TestContext, { frames = 60, bytes, lookup, options, refusals, screenshots }: Scene = {}) {
  const folder = new FrameFolder(t);
  const paths = Array.from({ length: frames }, (_, n) =>
    folder.write(`${n}.jpg`, bytes?.(n) ?? jpegLike(64, n)),
  );
  const table = lookup?.(paths) ?? StubLookup.ofVideo(frames, (n) => paths[n] ?? "");
  const logger = { info: () => {} };
  const hook = createVideoFrameInjector(table, { transport: "file", logger, ...options });
  assert.ok(hook);
  const page = new BlobPage(refusals);
  if (screenshots !== true) asIfBeginFrame(page);
  t.after(() => page.close());
  /** As long as a capture takes, for what goes on meanwhile. */
  const settle = () => sleep(4);
  const step = async (n: number) => {
    await hook(page, n / 10);
    await settle();
  };
  const run = async (from: number, to: number) => {
    for (let n = from; n < to; n++) {
      await step(n);
      assert.equal(page.shows("v"), n, `frame ${n}`);
    }
  };
  return { folder, paths, table, hook, page, step, run, settle };
}

test("each file is made once, ahead of its step, and nothing is left behind", async (t) => {
  const { page, hook, paths, run } = scene(t);
  await run(0, 60);
  assert.deepEqual(page.made, paths);
  const { hits, misses, dropped } = hook.stats().ahead;
  assert.ok(hits >= 55 && hits + misses === 60 && dropped === 0, JSON.stringify(hook.stats().ahead));
  assert.equal(page.blobs.size, 1);
});

test("a video of 30 frames a second in 60 steps a second: no file is made twice, and steps that change nothing are silent", async (t) => {
  const { page, hook, paths, settle } = scene(t);
  let silent = 0;
  const evaluate = page.evaluate;
  page.evaluate = (pageFunction, argument) => {
    if (pageFunction.name === "finishStep") silent--;
    return evaluate(pageFunction, argument);
  };
  for (let n = 0; n < 60; n++) {
    await hook(page, n / 10);
    await settle();
    silent++;
    await hook(page, n / 10 + 0.05);
    await settle();
  }
  assert.deepEqual(page.made, paths);
  assert.ok(silent >= -3, `${-silent} messages more than frames`);
});

test("motion blur's samples, which hold the frame of their step, drop nothing that is ahead", async (t) => {
  const { page, hook, paths, settle } = scene(t);
  for (let n = 0; n < 40; n++) {
    for (let sample = -4; sample < 5; sample++) await hook(page, n / 10 + 0.05 + sample / 200, n / 10);
    await settle();
  }
  assert.equal(new Set(page.made).size, page.made.length);
  assert.ok(page.made.length > 40 && paths[39] === page.made[39]);
  assert.equal(hook.stats().ahead.dropped, 0);
});

test("a jump lets go of what was ahead, and what is ahead of it is made", async (t) => {
  const { page, run } = scene(t, { frames: 400 });
  await run(0, 5);
  assert.ok(page.blobs.size > 10);
  await run(300, 304);
  const numbers = Array.from(page.blobs.values(), (head) => head.readUInt32LE(4));
  assert.ok(numbers.length > 5 && numbers.every((n) => n >= 303), numbers.join(" "));
});

test("frames with the same bytes are one picture: a slide, and a film of half the frame rate", async (t) => {
  const slide = scene(t, { bytes: () => jpegLike(64, 7) });
  for (let n = 0; n < 60; n++) await slide.step(n);
  assert.deepEqual(slide.page.made, [slide.paths[0]]);
  assert.deepEqual(slide.hook.stats().ahead, { hits: 0, misses: 1, dropped: 0, repeats: 59 });
  assert.equal(slide.hook.stats().framesBy.file, 60);

  const half = scene(t, { bytes: (n) => jpegLike(64, Math.floor(n / 2)) });
  for (let n = 0; n < 60; n++) {
    await half.step(n);
    assert.equal(half.page.shows("v"), Math.floor(n / 2));
  }
  assert.equal(half.page.made.length, 30);
  assert.equal(half.hook.stats().ahead.repeats, 30);
  assert.equal(half.page.blobs.size, 1);
});

test("a slide is no reason to make nothing ahead for the video beside it", async (t) => {
  const lookup = (paths: readonly string[]) =>
    new StubLookup((time) => {
      const n = Math.round(time * 10);
      return n < 200 ? { slide: [paths[n] ?? "", n], v: [paths[200 + n] ?? "", n] } : {};
    });
  const bytes = (n: number) => (n < 200 ? jpegLike(60) : jpegLike(64, n - 200));
  const { page, hook, run } = scene(t, { frames: 400, bytes, lookup });
  await run(0, 200);
  const { hits, misses } = hook.stats().ahead;
  assert.ok(hits > 190 && misses < 10, JSON.stringify(hook.stats().ahead));
  assert.equal(page.made.length, 201);
});

test("a frame that is captured once more: what is planned again is not made again", async (t) => {
  const { page, paths, run, step } = scene(t, { frames: 200 });
  await run(0, 20);
  await step(18);
  await run(19, 60);
  const twice = page.made.filter((path, n) => page.made.indexOf(path) !== n);
  // The plan begins anew with 16 steps: what was ahead of those went.
  const numbers = twice.map((path) => paths.indexOf(path)).filter((n) => n !== 18);
  assert.deepEqual(
    numbers.filter((n) => n <= 18 + 16),
    [],
  );
});

test("videos of one source show one picture, and each of its own once it differs", async (t) => {
  const lookup = (paths: readonly string[]) =>
    new StubLookup((time) => {
      const n = Math.round(time * 10);
      if (n >= 30) return {};
      const frame = (of: number): [string, number] => [paths[of] ?? "", of];
      return { v: frame(n), copy: frame(n + 30), other: frame(n < 15 ? n + 30 : n) };
    });
  // The second half of the files is a copy of the first.
  const { page, paths, step } = scene(t, { bytes: (n) => jpegLike(64 + (n % 30), n % 30), lookup });
  for (let n = 0; n < 30; n++) {
    await step(n);
    assert.deepEqual([page.shows("v"), page.shows("copy"), page.shows("other")], [n, n, n]);
  }
  assert.deepEqual(
    page.made.map((path) => paths.indexOf(path)),
    Array.from({ length: 30 }, (_, n) => n),
  );
});

test("a file that is rewritten after its picture was shared is read again", async (t) => {
  const { folder, page, step } = scene(t, { bytes: () => jpegLike(64, 7) });
  for (let n = 0; n < 10; n++) await step(n);
  folder.write("10.jpg", jpegLike(64, 99));
  await step(10);
  assert.equal(page.shows("v"), 99);
  await step(11);
  assert.equal(page.shows("v"), 7);
});

test("a picture whose file was rewritten is not given to a frame with the new bytes", async (t) => {
  const lookup = (paths: readonly string[]) =>
    new StubLookup((time) => ({ v: time < 0.95 ? [paths[0] ?? "", 0] : [paths[1] ?? "", 1] }));
  const { folder, page, step } = scene(t, { frames: 2, lookup });
  await step(0);
  folder.write("0.jpg", jpegLike(64, 1));
  for (let n = 1; n < 12; n++) await step(n);
  assert.equal(page.shows("v"), 1);
});

test("where the comparison fails each frame is a picture of its own", async (t) => {
  const fail = t.mock.method(FrameCache.prototype, "sameBytes", () => Promise.reject(new Error("a panic")));
  const { page, hook, step } = scene(t, { bytes: () => jpegLike(64, 7) });
  for (let n = 0; n < 20; n++) await step(n);
  assert.ok(fail.mock.callCount() > 0);
  assert.ok(page.made.length >= 20);
  assert.deepEqual([hook.stats().framesBy, hook.stats().fallbacks], [{ file: 20 }, []]);
});

test("a file that came short is told by its size in any step: it goes inline, and three of them are enough", async (t) => {
  const { page, paths, hook, run } = scene(t);
  for (const n of [20, 30, 40]) page.short.add(paths[n] ?? "");
  await run(0, 60);
  const { framesBy, fallbacks } = hook.stats();
  assert.deepEqual(framesBy, { file: 38, inline: 22 });
  const short = fallbacks.filter(({ reason }) => reason === "file: 63 of 64 bytes arrived");
  assert.equal(short[0]?.count, 3);
  assert.equal(page.blobs.size, 0, "nothing of ours stays");
  assert.deepEqual(page.ahead, []);
});

test("a table that throws for times nobody renders ends the look-ahead, not the render", async (t) => {
  const lookup = (paths: readonly string[]) =>
    new StubLookup((time) => {
      const n = Math.round(time * 10);
      if (n >= 30) throw new RangeError("no such time");
      return { v: [paths[n] ?? "", n] };
    });
  const { page, hook, run } = scene(t, { lookup });
  await run(0, 30);
  assert.equal(page.made.length, 30);
  assert.deepEqual(hook.stats().fallbacks, [
    { reason: "the table does not answer ahead: RangeError: no such time", count: 1 },
  ]);
});

test("what does not fit is not even looked at: large frames are not asked for by the hundred", async (t) => {
  const MIB = 1024 * 1024;
  const folder = new FrameFolder(t);
  const paths = Array.from({ length: 80 }, (_, n) => folder.writeHollow(`${n}.jpg`, 20 * MIB + n));
  let looked = 0;
  const { inspect } = FrameCache.prototype;
  t.mock.method(FrameCache.prototype, "inspect", function (this: FrameCache, asked: string[]) {
    looked += asked.length;
    return inspect.call(this, asked);
  });
  const { page, step } = scene(t, { lookup: () => StubLookup.ofVideo(80, (n) => paths[n] ?? "") });
  for (let n = 0; n < 40; n++) {
    await step(n);
    const most = n + 1 + Math.floor(256 / 20);
    assert.ok(looked <= most && page.made.length <= most, `${looked} looked at in ${n + 1} steps`);
  }
  assert.ok(looked > 40, "some are ahead");
});

test("frames that take more than Chrome keeps decoded are loaded before their step, and decoded in it only", async (t) => {
  const { page, hook, settle } = scene(t, { bytes: (n) => jpegHead(8192, 8192, n) });
  const decodes: unknown[] = [];
  const [decoded, loaded] = [new Set<string>(), new Set<string>()];
  const evaluate = page.evaluate;
  page.evaluate = (pageFunction, argument, ...rest: unknown[]) => {
    if (pageFunction.name === "probeImages") decodes.push(...rest);
    if (pageFunction.name === "finishStep") {
      const { ahead = [], load = [] } = argument as StepEnd;
      for (const url of ahead) decoded.add(url);
      for (const url of load) loaded.add(url);
    }
    return evaluate(pageFunction, argument);
  };
  for (let n = 0; n < 10; n++) {
    await hook(page, n / 10);
    await settle();
  }
  // The page is tried with the first frame, and the second one was not foreseen.
  assert.deepEqual(decodes, [false, false]);
  assert.equal(decoded.size, 0);
  assert.ok(loaded.size >= 8, `${loaded.size} frames`);
});

test("where such frames are made by a round that their step waits for, they are loaded all the same", async (t) => {
  const { page, hook, settle } = scene(t, { frames: 200, bytes: (n) => jpegHead(8192, 8192, n) });
  const loaded = new Set<string>();
  const unloaded: string[] = [];
  const { evaluate, createCDPSession } = page;
  page.evaluate = (pageFunction, argument: never) => {
    if (pageFunction.name === "probeImages") for (const url of argument as string[]) loaded.add(url);
    if (pageFunction.name === "finishStep")
      for (const url of (argument as StepEnd).load ?? []) loaded.add(url);
    if (upstreamPart(pageFunction) === "inject")
      for (const { dataUri } of argument as FrameUpdate[]) if (!loaded.has(dataUri)) unloaded.push(dataUri);
    return evaluate(pageFunction, argument);
  };
  page.createCDPSession = async () => {
    const session = await createCDPSession();
    const send: typeof session.send = async (method, parameters) => {
      const { files = [] } = parameters as { files?: string[] };
      if (files.length > 1) await sleep(20); // so that the next step finds it under way
      return session.send(method, parameters);
    };
    return { ...session, send };
  };
  for (let n = 0; n < 40; n++) {
    await hook(page, n / 10);
    if (n % 10 === 9) await settle();
  }
  assert.equal(hook.stats().framesBy.file, 40);
  assert.deepEqual(unloaded, []);
});

test("what such frames were loaded with is let go of in the next step, also where nothing is decoded ahead", async (t) => {
  // At times without a stride nothing is ahead, so that each step makes its frames itself.
  const { page, hook, settle } = scene(t, { bytes: (n) => jpegHead(8192, 8192, n), screenshots: true });
  let held = 0;
  let most = 0;
  const { evaluate } = page;
  page.evaluate = (pageFunction, argument: never) => {
    if (pageFunction.name === "probeImages") held += (argument as string[]).length;
    if (pageFunction.name === "finishStep" && (argument as StepEnd).ahead !== undefined) held = 0;
    most = Math.max(most, held);
    return evaluate(pageFunction, argument);
  };
  for (const n of [0, 7, 3, 19, 11, 30, 24, 50, 41]) {
    await hook(page, n / 10);
    await settle();
  }
  assert.ok(most === 1, `${most} images`);
});

test("a screenshot's further arguments go on to the session that it was asked of", async () => {
  const sent: unknown[][] = [];
  const session = {
    send: async (...call: unknown[]) => void sent.push(call),
    detach: async () => undefined,
  };
  keepDecodedFrames(new BlobPage(), session);
  const clip = { x: 0, y: 0, width: 1, height: 1, scale: 1 };
  await session.send("Page.captureScreenshot", { clip }, { timeout: 5 });
  assert.deepEqual(sent, [["Page.captureScreenshot", { clip }, { timeout: 5 }]]);
});

test("rounds that fail are tried again, less and less often, and counted", async (t) => {
  const { page, hook, run } = scene(t, { frames: 200 });
  let isFailing = true;
  const { createCDPSession } = page;
  page.createCDPSession = async () => {
    const session = await createCDPSession();
    const send: typeof session.send = (method, parameters) => {
      const { files } = parameters as { files?: string[] };
      if (isFailing && files !== undefined && files.length > 1)
        return Promise.reject(new Error("not just now"));
      return session.send(method, parameters);
    };
    return { ...session, send };
  };
  await run(0, 40);
  const failures =
    hook.stats().fallbacks.find(({ reason }) => reason === "look-ahead: not just now")?.count ?? 0;
  assert.ok(failures >= 3 && failures <= 6, `${failures} rounds in 40 steps`);
  isFailing = false;
  await run(40, 200);
  assert.equal(hook.stats().framesBy.file, 200);
  assert.ok(hook.stats().ahead.hits > 80, JSON.stringify(hook.stats().ahead));
});

test("frames ahead that cannot be read cost the look-ahead nothing else", async (t) => {
  const { folder, page, paths, hook, run, step } = scene(t);
  const { rmSync } = await import("node:fs");
  rmSync(paths[20] ?? "");
  await run(0, 20);
  await assert.rejects(step(20), { code: "FRAME_NOT_FOUND", videoId: "v", path: paths[20] });
  folder.write("20.jpg", jpegLike(64, 20));
  await run(20, 60);
  assert.equal(page.made.length, 60);
  assert.deepEqual(hook.stats().fallbacks, []);
});

test("one frame of the first step that does not decode does not send the page inline", async (t) => {
  const { page, hook, step, run } = scene(t, { bytes: (n) => jpegLike(64, n === 0 ? BROKEN : n) });
  await step(0);
  assert.equal(page.shows("v"), undefined, "as upstream");
  await run(1, 60);
  assert.deepEqual(hook.stats().framesBy, { inline: 1, file: 59 });
  assert.deepEqual(hook.stats().fallbacks, [{ reason: "a frame does not decode", count: 1 }]);
});

test("broken frames now and then are no reason to give the page's transport up", async (t) => {
  const { hook, step } = scene(t, { bytes: (n) => jpegLike(64, n % 10 === 9 ? BROKEN : n) });
  for (let n = 0; n < 60; n++) await step(n);
  assert.deepEqual(hook.stats().framesBy, { file: 54, inline: 6 });
});

test("after a fault of the native side upstream reads the frames itself, and nothing of ours stays in the page", async (t) => {
  const { page, hook, run } = scene(t, { frames: 400 });
  await run(0, 10);
  assert.ok(page.blobs.size > 0);
  t.mock.method(FrameCache.prototype, "inspect", async () => {
    throw Object.assign(new Error("a panic"), { name: "FrameError", code: "INTERNAL" });
  });
  await run(300, 305);
  assert.deepEqual([page.blobs.size, page.ahead], [0, []]);
  const { transport, fallbacks } = hook.stats();
  assert.deepEqual([transport, fallbacks], ["upstream", [{ reason: "INTERNAL", count: 5 }]]);
});

test("another hook on the page takes it over, and lets go of what the first one made", async (t) => {
  const { page, table, run } = scene(t);
  await run(0, 10);
  const before = Array.from(page.blobs.keys());
  assert.ok(before.length > 10);
  const other = createVideoFrameInjector(table, { transport: "file", logger: { info: () => {} } });
  await other?.(page, 1);
  assert.equal(page.shows("v"), 10);
  await new Promise(setImmediate);
  assert.deepEqual(
    before.filter((url) => page.blobs.has(url)),
    [],
  );
});

test("an upstream that reads its frames itself is left to it, after a while, and that is told", async (t) => {
  const warnings: string[] = [];
  const listen = (warning: Error) => warnings.push(warning.message);
  process.on("warning", listen);
  t.after(() => process.off("warning", listen));
  let calls = 0;
  const upstream = () => async () => {
    calls++;
  };
  const { page, hook, step } = scene(t, { frames: 400, options: { upstream } });
  for (let n = 0; n < 40; n++) await step(n);
  assert.equal(calls, 40);
  assert.equal(page.blobs.size, 0);
  assert.ok(page.made.length < 200);
  const reason = "upstream's hook reads its frames itself and does not ask for them";
  assert.deepEqual(hook.stats().fallbacks, [{ reason, count: 1 }]);
  assert.ok(warnings.some((warning) => warning.includes(reason)));
});

/** A function without a name, which passes for upstream's injection. */
const decodes = () => () => ".decode(";

/** Upstream from CLI 0.8.150 on, as far as it matters here: what does not load rejects. */
function throwingUpstream(page: () => BlobPage, lookup: () => StubLookup) {
  return (_: unknown, { frameSrcResolver }: VideoFrameInjectorOptions) =>
    async (_page: unknown, time: number) => {
      for (const [videoId, { framePath }] of lookup().getActiveFramePayloads(time)) {
        const dataUri = frameSrcResolver?.(framePath) ?? "";
        await page().evaluate(decodes(), [{ videoId, dataUri }] as never);
        if (page().shows(videoId) === undefined) {
          const source = dataUri.startsWith("data:") ? "inline frame" : dataUri;
          throw new Error(`Video frame for "${videoId}" failed to load (${source}): EncodingError`);
        }
      }
    };
}

test("where upstream rejects for a frame that did not load, the step is done once more with data URIs", async (t) => {
  const upstream = throwingUpstream(
    () => made.page,
    () => made.table,
  );
  const made = scene(t, { options: { upstream } });
  const { page, hook, run, step } = made;
  await run(0, 10);
  page.blobs.clear(); // as a browser does that is short of memory
  await step(10);
  assert.equal(page.shows("v"), 10);
  assert.deepEqual(hook.stats().framesBy, { file: 10, inline: 1 });
  assert.deepEqual(hook.stats().fallbacks, [{ reason: "a frame did not appear (file)", count: 1 }]);
});

test("the same where the frame itself is broken: upstream's own error, and the transport stays", async (t) => {
  const upstream = throwingUpstream(
    () => made.page,
    () => made.table,
  );
  const made = scene(t, { options: { upstream }, bytes: (n) => jpegLike(64, n % 5 === 4 ? BROKEN : n) });
  const { hook, step } = made;
  let failed = 0;
  for (let n = 0; n < 40; n++) {
    await step(n).catch((error: Error) => {
      assert.match(error.message, /^Video frame for "v" failed to load \(inline frame\)/);
      failed++;
    });
  }
  assert.equal(failed, 8);
  assert.deepEqual(hook.stats().framesBy, { file: 32 });
});
