/** What upstream's own test says of its cache, written anew against ours. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createVideoFrameInjector, FrameCache, FrameError } from "hyperframes-native";
import { dataUri, FrameFolder, jpegLike } from "../support/frames.ts";
import { StubLookup, StubPage } from "../support/stub-page.ts";

const MIB = 1024 * 1024;

/** Limits no other test uses, so that the shared budget is this test's alone. */
let distinct = 0;
const own = (entryLimit: number, bytesLimit: number) => ({ entryLimit, bytesLimit: bytesLimit + ++distinct });

test("the entry bound evicts the oldest, and a hit makes an entry young again", async (t) => {
  const folder = new FrameFolder(t);
  const [a, b, c] = ["a", "b", "c"].map((name, n) => folder.write(`${name}.png`, jpegLike(64, n))) as [
    string,
    string,
    string,
  ];
  const cache = new FrameCache(own(2, 2 ** 40));
  await cache.get(a);
  await cache.get(b);
  assert.equal(cache.stats().entries, 2);
  await cache.get(a); // now b is the oldest
  await cache.get(c);
  assert.deepEqual([cache.stats().entries, cache.stats().evictions], [2, 1]);
  const { misses } = cache.stats();
  await cache.get(a);
  assert.equal(cache.stats().misses, misses);
  await cache.get(b);
  assert.deepEqual([cache.stats().misses, cache.stats().evictions], [misses + 1, 2]);
});

test("an entry larger than the byte bound is returned, not kept, counted, and disturbs nothing", async (t) => {
  const folder = new FrameFolder(t);
  const big = folder.write("big.png", jpegLike(64 * 1024));
  const small = folder.write("small.png", jpegLike(1024));
  const cache = new FrameCache(own(100, 32 * 1024));
  await cache.get(small);
  assert.equal(await cache.get(big), dataUri(big, jpegLike(64 * 1024)));
  const { entries, evictions, oversizedRejections } = cache.stats();
  assert.deepEqual(
    { entries, evictions, oversizedRejections },
    { entries: 1, evictions: 0, oversizedRejections: 1 },
  );
});

test("the default budget holds 180 to 200 data URIs of 8 MB", async (t) => {
  const folder = new FrameFolder(t);
  // As many bytes as make a data URI of 8 MiB. The files are holes but for their ends.
  const size = Math.floor(((8 * MIB - "data:image/jpeg;base64,".length) / 4) * 3);
  const cache = new FrameCache();
  for (let n = 0; n < 200; n++) await cache.get(folder.writeHollow(`${n}.jpg`, size));
  const { entries, bytes, evictions } = cache.stats();
  assert.ok(entries >= 180 && entries <= 200, `${entries} entries`);
  assert.ok(bytes <= 1500 * MIB && evictions === 200 - entries);
});

test("two renders with four hooks in one process: one cache's worth of memory", async (t) => {
  const folder = new FrameFolder(t);
  const size = MIB;
  const paths = Array.from({ length: 100 }, (_, n) => folder.write(`${n}.jpg`, jpegLike(size, n)));
  const uri = dataUri("x.jpg", jpegLike(size)).length;
  const limits = { frameDataUriCacheLimit: 1000, frameDataUriCacheBytesLimitMb: 65 };
  const options = { ...limits };
  const renders = [0, 1].map(() => new StubLookup((time) => ({ v: [paths[time] ?? "", time] })));
  const hooks = renders.flatMap((lookup) => [0, 1].map(() => createVideoFrameInjector(lookup, options)));
  for (let time = 0; time < paths.length; time++) {
    await Promise.all(hooks.map((hook) => hook?.(new StubPage(), time)));
  }
  const stats = hooks.map((hook) => hook?.stats().cache);
  for (const one of stats) assert.deepEqual({ ...one, liveBytes: 0 }, { ...stats[0], liveBytes: 0 });
  assert.equal(stats[0]?.misses, 100); // each frame was read once for all four
  assert.equal(stats[0]?.entries, Math.floor((65 * MIB) / uri));
  assert.ok((stats[0]?.bytes ?? 0) <= 65 * MIB);
});

test("suspicious bytes are passed on with one warning a kind; a strict cache makes them errors", async (t) => {
  const folder = new FrameFolder(t);
  const suspicious: Record<string, Buffer> = {
    FRAME_EMPTY: Buffer.alloc(0),
    FRAME_NOT_AN_IMAGE: Buffer.from("no picture at all"),
    FRAME_CUT_SHORT: jpegLike(4000).subarray(0, 3000),
  };
  const warnings: Array<Error & { code?: string }> = [];
  const listen = (warning: Error) => warnings.push(warning);
  process.on("warning", listen);
  const lenient = new FrameCache(own(8, MIB));
  const strict = new FrameCache({ ...own(8, MIB), strict: true });
  for (const [code, bytes] of Object.entries(suspicious)) {
    for (const name of ["one.jpg", "two.jpg"]) {
      const path = folder.write(`${code}-${name}`, bytes);
      assert.equal(await lenient.get(path), dataUri(path, bytes));
      await assert.rejects(strict.get(path), (error: unknown) => {
        assert.ok(error instanceof FrameError);
        assert.deepEqual([error.code, error.path, error.name], [code, path, "FrameError"]);
        assert.ok(error.advice);
        return true;
      });
    }
  }
  await new Promise(setImmediate); // process warnings come on a later tick
  process.off("warning", listen);
  const codes = warnings.filter(({ name }) => name === "HyperframesNativeWarning").map(({ code }) => code);
  assert.deepEqual(codes.sort(), Object.keys(suspicious).sort());
});
