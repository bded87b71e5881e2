import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { FrameCache } from "../../index.js";
import { FrameFolder, jpegLike } from "../support/frames.ts";
import { BINDING, runModule } from "../support/node-process.ts";

const folder = new FrameFolder({ after });
const paths = Array.from({ length: 8 }, (_, index) =>
  folder.write(`${index}.jpg`, jpegLike(2_000_000, index)),
);
const PATHS = JSON.stringify(paths);

/** A worker that gets every frame and then does as `then` says. */
function worker(then: string): Worker {
  const source = `
    const { parentPort } = require("node:worker_threads");
    import(${JSON.stringify(BINDING)}).then(async ({ FrameCache }) => {
      const cache = new FrameCache({ entryLimit: 3 });
      const gets = [...${PATHS}, ...${PATHS}].map((path) => cache.get(path));
      ${then}
    });
  `;
  return new Worker(source, { eval: true });
}

/** The code a worker exits with; its errors reject. */
function exit(running: Worker): Promise<number> {
  return new Promise((resolve, reject) => running.on("error", reject).on("exit", resolve));
}

/** Waits until no data URI is alive any more. Finalizers of a worker's strings run when it ends. */
async function settled(limit: number): Promise<void> {
  const cache = new FrameCache({ entryLimit: 1 });
  for (let tries = 0; tries < 100 && cache.stats().liveBytes > limit; tries += 1) await sleep(50);
  assert.ok(cache.stats().liveBytes <= limit, `${cache.stats().liveBytes} bytes are still alive`);
}

test("importing prints nothing and starts no thread", { skip: process.platform !== "linux" }, async () => {
  const ended = await runModule(
    `
    import { readdirSync, readFileSync } from "node:fs";
    const threads = () => readdirSync("/proc/self/task").map((id) => readFileSync("/proc/self/task/" + id + "/comm", "utf8").trim());
    const before = threads().length;
    const { FrameCache } = await import(${JSON.stringify(BINDING)});
    const cache = new FrameCache();
    cache.stats();
    const idle = threads().length - before;
    await cache.get(${JSON.stringify(paths[0])});
    const own = threads().filter((name) => name.startsWith("hf-frames-")).length;
    process.exitCode = idle === 0 && own >= 1 && own <= 4 ? 0 : 9;
    `,
    20_000,
  );
  assert.deepEqual([ended.code, ended.stdout, ended.stderr], [0, "", ""]);
});

for (const [name, then] of [
  ["after finished gets, with a live cache", "await Promise.all(gets); globalThis.kept = cache;"],
  ["with pending gets, once they are settled", "globalThis.kept = gets;"],
  ["with failed gets", "await cache.get('/nowhere').catch(() => {});"],
  ["by process.exit with pending gets", "process.exit(0);"],
] as const) {
  test(`a process exits by itself ${name}`, async () => {
    const source = `
      import { FrameCache } from ${JSON.stringify(BINDING)};
      const cache = new FrameCache();
      const gets = [...${PATHS}, ...${PATHS}].map((path) => cache.get(path));
      ${then}
    `;
    const ended = await runModule(source, 20_000);
    assert.deepEqual([ended.code, ended.signal, ended.stderr], [0, null, ""]);
    assert.ok(ended.milliseconds < 5_000, `${ended.milliseconds} ms`);
  });
}

test("twenty workers load, use and leave", async () => {
  const codes = await Promise.all(
    Array.from({ length: 20 }, () =>
      exit(worker("const uris = await Promise.all(gets); globalThis.length = uris.join('').length;")),
    ),
  );
  assert.deepEqual(new Set(codes), new Set([0]));
  await settled(0);
});

test("a process whose main thread never loads the addon: a hundred workers come and go", async () => {
  const inWorker = `import(${JSON.stringify(BINDING)}).then(async ({ FrameCache }) => {
    await new FrameCache().get(${JSON.stringify(paths[0])});
  })`;
  const ended = await runModule(
    `
    import { Worker } from "node:worker_threads";
    for (let round = 0; round < 5; round++) {
      await Promise.all(Array.from({ length: 20 }, () =>
        new Promise((resolve, reject) => new Worker(${JSON.stringify(inWorker)}, { eval: true }).on("error", reject).on("exit", resolve))));
    }
    `,
    60_000,
  );
  assert.deepEqual([ended.code, ended.signal, ended.stderr], [0, null, ""]);
});

test("twenty workers leave with gets pending", async () => {
  const codes = await Promise.all(Array.from({ length: 20 }, () => exit(worker("process.exit(0);"))));
  assert.deepEqual(new Set(codes), new Set([0]));
  await settled(0);
});

test("workers are terminated in the middle of gets", async () => {
  for (let round = 0; round < 5; round += 1) {
    const workers = Array.from({ length: 8 }, () =>
      worker(
        "parentPort.postMessage('busy'); for (;;) { await Promise.all(gets.splice(0)); gets.push(...[...Array(8).keys()].map((index) => cache.get(" +
          PATHS +
          "[index]))); }",
      ),
    );
    await Promise.all(
      workers.map(async (running, index) => {
        await new Promise((resolve) => running.once("message", resolve));
        await sleep(index * 3 + round);
        await running.terminate();
      }),
    );
  }
  await settled(0);
  // The main thread is none the worse.
  const cache = new FrameCache({ entryLimit: 2 });
  assert.equal((await cache.get(paths[0] as string)).length, 23 + Math.ceil(2_000_000 / 3) * 4);
});
