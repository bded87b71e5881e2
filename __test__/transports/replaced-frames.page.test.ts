/** A frame that is replaced, between look-ahead and its step, by other bytes of the same size and under the old time; and one that is deleted. */
import assert from "node:assert/strict";
import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { crc32 } from "node:zlib";
import { createVideoFrameInjector, type TransportChoice } from "hyperframes-native";
import { ffmpeg } from "../../dist/tools/bench/ffmpeg.js";
import { asIfBeginFrame } from "../support/begin-frame.ts";
import { TestBrowser } from "../support/browser.ts";
import { FrameFolder } from "../support/frames.ts";
import { StubLookup } from "../support/stub-page.ts";

const FRAMES = 12;
const browser = await TestBrowser.launch();
after(() => browser[Symbol.asyncDispose]());

const width = (n: number) => 100 + 2 * n;

/** The png with a private chunk before its end that makes it `size` bytes. Source: PNG specification, 5.3 (chunk layout), 11.2.5 (IEND). */
function padded(png: Buffer, size: number): Buffer {
  const length = size - png.length - 12;
  assert.ok(length >= 0);
  const chunk = Buffer.alloc(length + 12);
  chunk.writeUInt32BE(length, 0);
  chunk.write("paDd", 4, "latin1");
  chunk.writeUInt32BE(crc32(chunk.subarray(4, length + 8)), length + 8);
  return Buffer.concat([png.subarray(0, -12), chunk, png.subarray(-12)]);
}

for (const transport of ["file", "served", "inline", "auto"] satisfies TransportChoice[]) {
  test(`${transport}: the new picture is shown; a deleted one is an error that names it`, async (t) => {
    const folder = new FrameFolder(t).path;
    const path = (n: number) => join(folder, `frame_${n}.png`);
    for (let n = 0; n < FRAMES; n++)
      await ffmpeg(["-f", "lavfi", "-i", `testsrc2=s=${width(n)}x120`, "-frames:v", "1", path(n)]);
    const pictures = Array.from({ length: FRAMES }, (_, n) => readFileSync(path(n)));
    const size = Math.max(16_000, ...pictures.map(({ length }) => length)) + 12;
    const old = new Date("2026-01-01T00:00:00Z");
    const write = (n: number, picture: number) => {
      writeFileSync(path(n), padded(pictures[picture] ?? Buffer.alloc(0), size));
      utimesSync(path(n), old, old);
    };
    for (let n = 0; n < FRAMES; n++) write(n, n);

    const page = await browser.page(["v"]);
    asIfBeginFrame(page);
    const lookup = StubLookup.ofVideo(FRAMES, path);
    const hook = createVideoFrameInjector(lookup, { transport, logger: { info: () => {} } });
    const shown = () =>
      page.evaluate(() => {
        const image = document.getElementById("v")?.nextElementSibling as HTMLImageElement;
        return image.complete ? image.naturalWidth : 0;
      });
    for (let n = 0; n < 5; n++) await hook?.(page, n / 10);
    assert.equal(await shown(), width(4));
    const { mtimeMs } = statSync(path(5));
    write(5, 11);
    assert.deepEqual([statSync(path(5)).size, statSync(path(5)).mtimeMs], [size, mtimeMs]);
    await hook?.(page, 0.5);
    assert.equal(await shown(), width(11), "the old picture is shown");
    await hook?.(page, 0.6);
    assert.equal(await shown(), width(6));
    rmSync(path(7));
    await assert.rejects(Promise.resolve(hook?.(page, 0.7)), {
      code: "FRAME_NOT_FOUND",
      videoId: "v",
      path: path(7),
    });
    assert.equal(await shown(), width(6));
    await hook?.(page, 0.8);
    assert.equal(await shown(), width(8));
    assert.deepEqual(hook?.stats().framesBy, { [transport === "auto" ? "file" : transport]: 8 });
    await page.close();
  });
}
