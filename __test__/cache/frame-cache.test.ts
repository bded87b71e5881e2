import assert from "node:assert/strict";
import { mkdirSync, readFileSync, renameSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { FrameCache } from "../../index.js";
import { withFaults } from "../support/faults.ts";
import { FrameFolder, jpegLike } from "../support/frames.ts";
import { BINDING, runModule } from "../support/node-process.ts";

const folder = new FrameFolder({ after });
const directory = folder.path;

interface Fault extends Error {
  code: string;
  path: string;
  advice: string;
}

function dataUri(path: string): string {
  return `data:image/${path.endsWith(".png") ? "png" : "jpeg"};base64,${readFileSync(path).toString("base64")}`;
}

async function faultOf(promise: Promise<unknown>): Promise<Fault> {
  const fault: unknown = await promise.then(
    () => assert.fail("it resolved"),
    (reason) => reason,
  );
  assert.ok(fault instanceof Error);
  assert.equal(fault.name, "FrameError");
  return fault as Fault;
}

test("gives exactly what Node's own base64 gives", async () => {
  const cache = new FrameCache();
  for (const length of [6, 7, 8, 100, 4097, 196_609, 3_000_001]) {
    for (const name of [`${length}.jpg`, `${length}.png`, `${length}.PNG`, `${length}`]) {
      const path = folder.write(name, jpegLike(length));
      const uri = await cache.get(path);
      assert.ok(uri === dataUri(path), path);
    }
  }
});

test("gives the same from published directories, mapped or not", {
  skip: process.platform !== "linux",
}, async () => {
  const published = join(directory, "published");
  mkdirSync(published);
  folder.write("published/.hf-complete", Buffer.alloc(0));
  const path = folder.write("published/frame_00001.png", jpegLike(5_000_000));
  const link = join(directory, "video #1");
  symlinkSync(published, link);
  for (const [mapping, mapped] of [
    ["never", 0],
    ["published", 1],
    [undefined, 1],
  ] as const) {
    const cache = new FrameCache({ entryLimit: 11 + (mapping?.length ?? 0), ...(mapping && { mapping }) });
    assert.ok((await cache.get(join(link, "frame_00001.png"))) === dataUri(path));
    assert.deepEqual([cache.stats().mapped, cache.stats().read], [mapped, 1 - mapped]);
  }
});

test("bears odd names", async () => {
  const cache = new FrameCache();
  // Windows has no names with a question mark.
  const marks = process.platform === "win32" ? "#&=.png" : "#?&=.png";
  for (const name of ["a b.jpg", "100%25.jpg", marks, "日本語 é.jpg", ".png", "\ud83d\ude00.jpg"]) {
    const path = folder.write(name, jpegLike(100));
    assert.equal(await cache.get(path), dataUri(path), name);
  }
  // Node's fs turns a lone surrogate into U+FFFD when it names a file; so must this.
  const lone = folder.write("lone \ud800.jpg", jpegLike(101));
  assert.equal(await cache.get(lone), dataUri(lone));
});

test("answers again from memory, and equal options share it", async () => {
  const path = folder.write("shared.jpg", jpegLike(1000));
  const options = { entryLimit: 77, bytesLimit: 1 << 20 };
  const [one, two, other] = [
    new FrameCache(options),
    new FrameCache(options),
    new FrameCache({ ...options, entryLimit: 78 }),
  ];
  const uri = await one.get(path);
  assert.equal(await one.get(path), uri);
  assert.equal(await two.get(path), uri);
  assert.deepEqual(
    [one.stats().hits, one.stats().misses, one.stats().entries, one.stats().bytes],
    [2, 1, 1, uri.length],
  );
  assert.deepEqual(two.stats(), one.stats());
  assert.equal(other.stats().entries, 0);

  // Of another size: on Windows a frame of the same size may have the same version, too (docs/platforms.md).
  const replacement = folder.write("replacement.jpg", jpegLike(1001, 1));
  renameSync(replacement, path);
  assert.notEqual(await one.get(path), uri);
  assert.deepEqual([one.stats().misses, one.stats().entries], [2, 1]);
});

test("rejects with errors that say what to do", async () => {
  const cache = new FrameCache();
  const file = folder.write("file.jpg", jpegLike(100));
  const missing = join(directory, "missing.jpg");
  for (const [path, code, message] of [
    [missing, "FRAME_NOT_FOUND", `ENOENT: no such file or directory, open '${missing}'`],
    [directory, "FRAME_IS_DIRECTORY", "EISDIR: illegal operation on a directory, read"],
    ["", "FRAME_NOT_FOUND", "ENOENT: no such file or directory, open ''"],
  ] as const) {
    const fault = await faultOf(cache.get(path));
    assert.deepEqual([fault.code, fault.path, fault.message], [code, path, message]);
    assert.ok(fault.advice.length > 20);
    assert.deepEqual(Object.keys(fault), ["code", "path", "advice"]);
    assert.match(String(fault.stack), /^FrameError: E|^Error: E/);
  }
  if (process.platform !== "win32") {
    const under = join(file, "frame.jpg");
    const fault = await faultOf(cache.get(under));
    assert.deepEqual(
      [fault.code, fault.message],
      ["FRAME_UNREADABLE", `ENOTDIR: not a directory, open '${under}'`],
    );
    // The same words as Node's.
    assert.throws(() => readFileSync(under), { message: fault.message });
  }
  assert.equal((await faultOf(cache.get("a\0b.jpg"))).code, "FRAME_UNREADABLE");
});

test("passes suspicious bytes on with a warning, or rejects if strict", async () => {
  const lax = new FrameCache({ entryLimit: 55 });
  const strict = new FrameCache({ entryLimit: 55, strict: true });
  for (const [name, bytes, code] of [
    ["empty.jpg", Buffer.alloc(0), "FRAME_EMPTY"],
    ["text.png", Buffer.from("text"), "FRAME_NOT_AN_IMAGE"],
    ["cut.jpg", jpegLike(1000).subarray(0, 900), "FRAME_CUT_SHORT"],
  ] as const) {
    const path = folder.write(name, bytes);
    assert.equal(await lax.get(path), dataUri(path));
    assert.equal(await lax.get(path), dataUri(path));
    const [warning, ...more] = lax.takeWarnings();
    assert.deepEqual([warning?.code, warning?.path, more.length], [code, path, 0]);
    const fault = await faultOf(strict.get(path));
    assert.deepEqual(
      [fault.code, fault.path, fault.message, fault.advice],
      [code, path, warning?.message, warning?.advice],
    );
  }
  assert.equal(await lax.get(join(directory, "empty.jpg")), "data:image/jpeg;base64,");
  assert.deepEqual([lax.takeWarnings(), strict.takeWarnings()], [[], []]);
});

test("looks at frames without decoding them", async () => {
  const sof = Buffer.from([0xff, 0xc0, 0, 11, 8, 0x04, 0x38, 0x07, 0x80, 3]);
  const whole = Buffer.concat([Buffer.from([0xff, 0xd8]), sof, jpegLike(100).subarray(4)]);
  const paths = [folder.write("look.jpg", whole), folder.write("look-cut.jpg", whole.subarray(0, 50))];
  const cache = new FrameCache({ entryLimit: 66 });
  const infos = await cache.inspect(paths);
  const { size, mtimeMs, ctimeMs } = statSync(paths[0] as string);
  // Windows' own time of change is not in Rust's standard library.
  const changed = process.platform === "win32" ? 0 : ctimeMs;
  assert.deepEqual(infos[0], {
    size,
    mtimeMs,
    ctimeMs: changed,
    width: 1920,
    height: 1080,
    wholeMcus: false,
  });
  assert.deepEqual([infos[1]?.size, infos[1]?.width], [50, 0]);
  assert.deepEqual(
    cache.takeWarnings().map(({ code, path }) => [code, path]),
    [["FRAME_CUT_SHORT", paths[1]]],
  );
  assert.deepEqual(await cache.inspect([]), []);
  assert.equal(
    (await faultOf(cache.inspect([...paths, "/nowhere/a.jpg", directory]))).code,
    "FRAME_NOT_FOUND",
  );
  assert.equal((await faultOf(new FrameCache({ strict: true }).inspect(paths))).code, "FRAME_CUT_SHORT");
});

test("files are compared by their bytes; one that cannot be read is like no other", async (t) => {
  const folder = new FrameFolder(t);
  const [a, copy, other] = [jpegLike(9000, 1), jpegLike(9000, 1), jpegLike(9000, 2)].map((bytes, n) =>
    folder.write(`${n}.jpg`, bytes),
  ) as [string, string, string];
  const longer = folder.write("longer.jpg", jpegLike(9001, 1));
  const link = join(folder.path, "link.jpg");
  symlinkSync(a, link);
  const pairs = [
    [a, a],
    [a, copy],
    [a, link],
    [a, other],
    [a, longer],
    [a, "/nowhere"],
    [folder.path, folder.path],
  ];
  const same = await new FrameCache().sameBytes(
    pairs.map(([one]) => one as string),
    pairs.map(([, one]) => one as string),
  );
  assert.deepEqual(same, [true, true, true, false, false, false, false]);
  assert.deepEqual(await new FrameCache().sameBytes([], []), []);
});

test("refuses options out of range", () => {
  for (const name of ["entryLimit", "bytesLimit"]) {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 0, -1, 1.5, 2 ** 53]) {
      assert.throws(
        () => new FrameCache({ [name]: value }),
        (fault: Fault) => {
          assert.ok(fault instanceof Error && fault.message.startsWith(`${name} must be a positive integer`));
          return fault.code === "INVALID_OPTION";
        },
      );
    }
  }
  assert.throws(() => new FrameCache({ mapping: "always" as "never" }), { code: "INVALID_OPTION" });
  for (const wrong of [{ entryLimit: "1" }, { strict: 1 }]) {
    assert.throws(() => new FrameCache(wrong as object), Error);
  }
  for (const none of [undefined, null, {}, { entryLimit: undefined, strict: undefined }]) {
    // The defaults: these share one store with every other cache without options.
    assert.deepEqual(new FrameCache(none as object).stats(), new FrameCache().stats());
  }
  assert.throws(() => (new FrameCache() as unknown as { get(path: unknown): unknown }).get(5), Error);
});

test("turns a panic in a load into an error, and only where faults are asked for", async () => {
  const path = folder.write("frame.hf-panic", jpegLike(100));
  const good = folder.write("good.jpg", jpegLike(100));
  assert.equal(await new FrameCache().get(path), dataUri(path));
  const source = `
    import { FrameCache } from ${JSON.stringify(BINDING)};
    const cache = new FrameCache();
    const faults = await Promise.allSettled(Array.from({ length: 8 }, () => cache.get(${JSON.stringify(path)})));
    console.log(faults.map(({ reason }) => reason.code).join());
    console.log((await cache.get(${JSON.stringify(good)})).length);
  `;
  const ended = await runModule(source, 20_000, { env: withFaults() });
  assert.deepEqual(
    [ended.code, ended.stdout.split("\n")],
    [0, [Array(8).fill("INTERNAL").join(), String(dataUri(good).length), ""]],
  );
});
