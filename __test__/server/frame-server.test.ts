import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { FrameServer } from "../../index.js";
import { FrameFolder, jpegLike } from "../support/frames.ts";
import { BINDING, runModule } from "../support/node-process.ts";

const folder = new FrameFolder({ after });
const directory = folder.path;
const lengths = [10_000, 600_000, 3_200_001, 33_000_000];
const paths = lengths.map((length, index) => folder.write(`${index}.jpg`, jpegLike(length, index)));
const PATHS = JSON.stringify(paths);
const [small, large] = [paths[0] as string, paths[3] as string];

/** The body at a URL as one buffer; any status but 200 fails. */
async function body(url: string): Promise<Buffer> {
  const response = await fetch(url);
  assert.equal(response.status, 200);
  return Buffer.from(await response.arrayBuffer());
}

/** The status at a URL over a connection of its own, which is closed; 0 if nobody listens. */
function status(url: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve) => {
    const asked = request(url, { agent: false, headers }, (response) => {
      resolve(response.statusCode ?? 0);
      response.resume();
    });
    asked.on("error", () => resolve(0));
    asked.end();
  });
}

/** Waits until nobody listens where `url` points. */
async function stopped(url: string): Promise<void> {
  const port = Number(new URL(url).port);
  for (let tries = 0; tries < 200; tries += 1) {
    const free = await new Promise<boolean>((resolve) => {
      const server = createServer()
        .on("error", () => resolve(false))
        .listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
    if (free) return;
    await sleep(10);
  }
  assert.fail("the port is still taken");
}

/** The only URL for one path. */
async function registered(server: FrameServer, path: string): Promise<string> {
  const [url] = await server.register([path]);
  assert.ok(url);
  return url;
}

test("gives the bytes of the files, in order", async () => {
  const server = new FrameServer();
  const urls = await server.register(paths);
  assert.equal(new Set(urls).size, paths.length);
  for (const url of urls) assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}$/);
  await Promise.all(
    urls.map(async (url, index) => assert.ok((await body(url)).equals(readFileSync(paths[index] as string)))),
  );
  const response = await fetch(urls[0] as string);
  assert.equal(response.headers.get("content-type"), "image/jpeg");
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
  await response.arrayBuffer();
  const stats = server.stats();
  assert.deepEqual(
    [stats.servedFrames, stats.bytes, stats.refused, stats.registered],
    [5, lengths.reduce((sum, length) => sum + length) + 10_000, 0, 4],
  );
  server.close();
});

test("registers nothing for nothing, and all or none", async () => {
  const server = new FrameServer();
  assert.deepEqual(await server.register([]), []);
  const gone = join(directory, "gone.jpg");
  await assert.rejects(server.register([small, gone, directory]), {
    ...{ name: "FrameError", code: "FRAME_NOT_FOUND", path: gone },
    message: `ENOENT: no such file or directory, open '${gone}'`,
  });
  await assert.rejects(server.register([small, directory]), {
    name: "FrameError",
    code: "FRAME_IS_DIRECTORY",
  });
  assert.equal(server.stats().registered, 0);
  // @ts-expect-error: no list at all.
  assert.throws(() => server.register(small));
  server.close();
});

test("takes files off one by one, and only its own", async () => {
  const [one, two] = [new FrameServer(), new FrameServer()];
  const urls = await one.register([small, small]);
  const other = await registered(two, small);
  two.unregister([...urls, "nonsense"]);
  one.unregister([urls[0] as string, other]);
  assert.deepEqual(await Promise.all([...urls, other].map((url) => status(url))), [404, 200, 200]);
  one.close();
  one.close();
  assert.deepEqual(await Promise.all([...urls, other].map((url) => status(url))), [404, 404, 200]);
  assert.equal(await status(other, { Host: "evil.example" }), 421);
  two.close();
  await stopped(other);
  const unavailable = { name: "FrameServerError", code: "SERVER_UNAVAILABLE", advice: /./ };
  await assert.rejects(one.register([small]), unavailable);
  const three = new FrameServer();
  assert.equal(await status(await registered(three, small)), 200);
  three.close();
});

test("a file that changed is gone", async () => {
  const server = new FrameServer();
  const path = folder.write("changing.jpg", jpegLike(1000));
  const url = await registered(server, path);
  await sleep(20);
  writeFileSync(path, jpegLike(1000, 9));
  assert.equal(await status(url), 410);
  const again = await registered(server, path);
  assert.ok((await body(again)).equals(jpegLike(1000, 9)));
  rmSync(path);
  assert.equal(await status(again), 410);
  server.close();
});

test("each connection has one answer; a range is ignored, another method refused", async () => {
  const server = new FrameServer();
  const url = await registered(server, small);
  const response = await fetch(url, { headers: { range: "bytes=0-9" } });
  assert.deepEqual([response.status, response.headers.get("connection")], [200, "close"]);
  assert.equal((await response.arrayBuffer()).byteLength, 10_000);
  const head = await fetch(url, { method: "HEAD" });
  assert.deepEqual([head.status, head.headers.get("allow")], [405, "GET, OPTIONS"]);
  server.close();
});

test("connections that ask for nothing keep nobody out", async () => {
  const server = new FrameServer();
  const url = await registered(server, small);
  const idle: Socket[] = [];
  // More than the server has connections, in crowds smaller than the system's queue.
  for (let crowd = 0; crowd < 5; crowd += 1) {
    for (let count = 0; count < 60; count += 1)
      idle.push(connect(Number(new URL(url).port), "127.0.0.1").on("error", () => {}));
    const came = await Promise.race([
      status(url).then((code) => `${code}`),
      sleep(5_000, "not within half of the time for which a silent connection is kept", { ref: false }),
    ]);
    assert.equal(came, "200");
  }
  assert.ok(server.stats().activeConnections <= 128);
  for (const socket of idle) socket.destroy();
  server.close();
});

test("answers while Node's event loop is held up", async () => {
  const server = new FrameServer();
  const url = await registered(server, large);
  const flag = new SharedArrayBuffer(4);
  const blocked = new Worker(
    `
    const { parentPort, workerData } = require("node:worker_threads");
    const flag = new Int32Array(workerData.flag);
    parentPort.postMessage("ready");
    fetch(workerData.url).then((response) => response.arrayBuffer()).then((bytes) => {
      Atomics.store(flag, 0, bytes.byteLength);
      Atomics.notify(flag, 0);
    });
    `,
    { eval: true, workerData: { url, flag } },
  );
  await new Promise((resolve) => blocked.once("message", resolve));
  // Nothing of this thread's event loop runs until the worker has the frame.
  Atomics.wait(new Int32Array(flag), 0, 0, 10_000);
  assert.equal(new Int32Array(flag)[0], 33_000_000);
  await blocked.terminate();
  server.close();
});

test("an import and a handle start no thread; a server has two, until it is closed", {
  skip: process.platform !== "linux",
}, async () => {
  const ended = await runModule(
    `
    import { readdirSync, readFileSync } from "node:fs";
    import { FrameServer } from ${JSON.stringify(BINDING)};
    const own = () => readdirSync("/proc/self/task").filter((id) => {
      try { return readFileSync("/proc/self/task/" + id + "/comm", "utf8").startsWith("hf-"); } catch { return false; }
    }).length;
    const server = new FrameServer();
    server.stats();
    const idle = own();
    const urls = await server.register(${PATHS});
    await Promise.all(urls.map((url) => fetch(url).then((response) => response.arrayBuffer())));
    const busy = own();
    server.close();
    for (let tries = 0; tries < 100 && own() > 0; tries += 1) await new Promise((resolve) => setTimeout(resolve, 20));
    console.log(idle, busy === 2, own());
    `,
    20_000,
  );
  assert.deepEqual([ended.code, ended.stdout, ended.stderr], [0, "0 true 0\n", ""]);
});

for (const [name, then] of [
  ["with a live server", "globalThis.kept = [server, await urls];"],
  ["with a registration pending", "globalThis.kept = [server, urls];"],
  ["with a response half read", "globalThis.kept = [server, await fetch((await urls)[3])]; process.exit(0);"],
  ["by process.exit with a registration pending", "process.exit(0);"],
  ["with a closed server and a registration pending", "urls.catch(() => {}); server.close();"],
] as const) {
  test(`a process exits by itself ${name}`, async () => {
    const source = `
      import { FrameServer } from ${JSON.stringify(BINDING)};
      const server = new FrameServer();
      const urls = server.register(${PATHS});
      ${then}
    `;
    const ended = await runModule(source, 20_000);
    assert.deepEqual([ended.code, ended.signal, ended.stderr], [0, null, ""]);
    assert.ok(ended.milliseconds < 5_000, `${ended.milliseconds} ms`);
  });
}

test("a collected handle takes its files and the server along", async () => {
  const ended = await runModule(
    `
    import { FrameServer } from ${JSON.stringify(BINDING)};
    const [url] = await (async () => new FrameServer().register([${JSON.stringify(small)}]))();
    let listens = true;
    for (let tries = 0; tries < 100 && listens; tries += 1) {
      globalThis.gc();
      await new Promise((resolve) => setTimeout(resolve, 20));
      listens = await fetch(url, { headers: { connection: "close" } }).then((response) => response.arrayBuffer()).then(() => true, () => false);
    }
    process.exitCode = listens ? 9 : 0;
    `,
    20_000,
    { flags: ["--expose-gc"] },
  );
  assert.deepEqual([ended.code, ended.stderr], [0, ""]);
});

/** A worker that registers the frames and then does as `then` says. */
function worker(then: string): string {
  return `
    const { parentPort } = require("node:worker_threads");
    import(${JSON.stringify(BINDING)}).then(async ({ FrameServer }) => {
      const server = new FrameServer();
      const all = async () => {
        const urls = await server.register(${PATHS}.slice(0, 3));
        const bodies = await Promise.all(urls.map((url) => fetch(url).then((response) => response.arrayBuffer())));
        if (bodies.some((bytes, index) => bytes.byteLength !== ${JSON.stringify(lengths)}[index])) throw new Error("a frame is not whole");
      };
      ${then}
    });
  `;
}

for (const [name, then, end] of [
  ["twenty workers register, fetch and leave", "await all();", ""],
  ["twenty workers leave with a registration pending", "all(); process.exit(0);", ""],
  [
    "twenty workers are terminated under way",
    "parentPort.postMessage('busy'); for (;;) await all();",
    "await new Promise((resolve) => running.once('message', resolve)); await new Promise((resolve) => setTimeout(resolve, index * 7)); await running.terminate();",
  ],
] as const) {
  test(name, async () => {
    const ended = await runModule(
      `
      import { Worker } from "node:worker_threads";
      import { FrameServer } from ${JSON.stringify(BINDING)};
      const source = ${JSON.stringify(worker(then))};
      for (let round = 0; round < 2; round += 1) {
        await Promise.all(Array.from({ length: 20 }, async (_, index) => {
          const running = new Worker(source, { eval: true, execArgv: [] });
          const exit = new Promise((resolve, reject) => running.on("error", reject).on("exit", resolve));
          ${end}
          const code = await exit;
          if (code !== ${end ? 1 : 0}) throw new Error("exit code " + code);
        }));
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      // The server went with its workers, and another one starts.
      const server = new FrameServer();
      const [url] = await server.register([${JSON.stringify(small)}]);
      const bytes = await (await fetch(url)).arrayBuffer();
      console.log(bytes.byteLength, server.stats().registered);
      `,
      60_000,
    );
    assert.deepEqual([ended.code, ended.signal, ended.stdout, ended.stderr], [0, null, "10000 1\n", ""]);
  });
}
