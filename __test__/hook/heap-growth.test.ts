/** While frames are captured V8's heap may grow as far as stock's does. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import v8 from "node:v8";
import { growHeapUntilGone } from "../../dist/ts/heap-growth.js";
import { BlobPage } from "../support/blob-page.ts";

const MIB = 1024 ** 2;

/** The flags that are set, of a process whose heap holds so many bytes. */
function flagsOf(t: TestContext, usedBytes: number): readonly string[] {
  const flags: string[] = [];
  t.mock.method(v8, "setFlagsFromString", (flag: string) => flags.push(flag));
  t.mock.method(v8, "getHeapStatistics", () => ({ used_heap_size: usedBytes }));
  return flags;
}

test("from the first page on until the last one is gone, by about 128 MB", (t) => {
  const flags = flagsOf(t, 64 * MIB);
  const pages = [new BlobPage(), new BlobPage()];
  for (const page of pages) growHeapUntilGone(page);
  assert.deepEqual(flags, ["--heap-growing-percent=200"]);
  pages[0]?.close();
  assert.equal(flags.length, 1);
  pages[1]?.kill();
  assert.deepEqual(flags.slice(1), ["--heap-growing-percent=0"]);
});

test("a large heap is left as it is, and so is a process whose owner has decided", (t) => {
  const flags = flagsOf(t, 1024 * MIB);
  const large = new BlobPage();
  growHeapUntilGone(large);
  large.close();
  process.execArgv.push("--heap_growing_percent=50");
  t.after(() => process.execArgv.pop());
  growHeapUntilGone(new BlobPage());
  assert.deepEqual(flags, []);
});
