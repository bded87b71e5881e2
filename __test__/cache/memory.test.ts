import assert from "node:assert/strict";
import { after, test } from "node:test";
import { FrameFolder, jpegLike } from "../support/frames.ts";
import { BINDING, runModule } from "../support/node-process.ts";

const folder = new FrameFolder({ after });
const paths = Array.from({ length: 30 }, (_, index) =>
  folder.write(`${index}.jpg`, jpegLike(8_000_000, index)),
);

const PRELUDE = `
  import { FrameCache } from ${JSON.stringify(BINDING)};
  const paths = ${JSON.stringify(paths)};
  // Whether JavaScript gets the processor or not, the peak is the kernel's own figure, in kilobytes.
  const peak = () => process.resourceUsage().maxRSS / 1024;
`;

test("5,000 frames of 8 MB stay under 600 MB with a budget of 256 MiB", { timeout: 240_000 }, async () => {
  const source = `${PRELUDE}
    // Thirty frames of 10.7 MB each in a budget for twenty-five: asked for in turn, none is still kept.
    const cache = new FrameCache({ bytesLimit: 256 << 20 });
    let length = 0;
    for (let index = 0; index < 5000; index += 4) {
      const uris = await Promise.all([0, 1, 2, 3].map((more) => cache.get(paths[(index + more) % paths.length])));
      length += uris.reduce((sum, uri) => sum + uri.length, 0);
    }
    const { misses, hits, bytes, liveBytes } = cache.stats();
    console.log(JSON.stringify({ length, misses, hits, bytes, liveBytes, peak: peak() }));
  `;
  const ended = await runModule(source, 240_000);
  assert.deepEqual([ended.code, ended.stderr], [0, ""]);
  const figures = JSON.parse(ended.stdout);
  assert.deepEqual([figures.misses, figures.hits], [5000, 0]);
  assert.equal(figures.length, 5000 * (23 + Math.ceil(8_000_000 / 3) * 4));
  assert.ok(figures.bytes <= 256 << 20);
  assert.ok(figures.peak < 600, `${figures.peak} MB at the peak`);
});

test("800 dropped strings do not pile up", { timeout: 120_000 }, async () => {
  const source = `${PRELUDE}
    // Too small a budget to keep any of them: only JavaScript holds them.
    const cache = new FrameCache({ bytesLimit: 1 });
    let most = 0;
    for (let index = 0; index < 800; index += 1) {
      await cache.get(paths[index % paths.length]);
      most = Math.max(most, cache.stats().liveBytes);
    }
    globalThis.gc();
    // A finalizer may wait for the next turn of the event loop.
    await new Promise((resolve) => setTimeout(resolve, 50));
    globalThis.gc();
    console.log(JSON.stringify({ most: most / 1e6, left: cache.stats().liveBytes, external: process.memoryUsage().external / 1e6, peak: peak() }));
  `;
  const ended = await runModule(source, 120_000, { flags: ["--expose-gc"] });
  assert.deepEqual([ended.code, ended.stderr], [0, ""]);
  const figures = JSON.parse(ended.stdout);
  assert.ok(figures.most < 300, `${figures.most} MB alive at the most`);
  assert.ok(figures.peak < 500, `${figures.peak} MB at the peak`);
  // The last string may still be on the stack.
  assert.ok(figures.left <= 11_000_000, `${figures.left} bytes left`);
  assert.ok(figures.external < 20, `V8 still believes in ${figures.external} MB`);
});
