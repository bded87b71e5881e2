import assert from "node:assert/strict";
import {
  chmodSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { FrameCache, FrameServer } from "../../index.js";
import { withFaults } from "../support/faults.ts";
import { FrameFolder, jpegLike } from "../support/frames.ts";
import { BINDING, type Ended, runModule } from "../support/node-process.ts";

const folder = new FrameFolder({ after });
const directory = folder.path;
const small = folder.write("small.jpg", jpegLike(1000));
const posix = process.platform !== "win32";
const linux = process.platform === "linux";

/** What every child has: how a call ends, and what it prints. */
const PRELUDE = `
  import { FrameCache, FrameServer } from ${JSON.stringify(BINDING)};
  import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
  import { request } from "node:http";
  import { execFileSync } from "node:child_process";
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const small = ${JSON.stringify(small)};
  const ends = async (promise) => {
    try {
      const value = await promise;
      return typeof value === "string" ? value.length : Array.isArray(value) ? value.length : "ok";
    } catch (error) {
      return [error.code, error.message, error.advice].join(" | ");
    }
  };
  const status = (url) => new Promise((resolve) => {
    const asked = request(url, { agent: false }, (response) => { resolve(response.statusCode); response.resume(); });
    asked.on("error", (error) => resolve(error.code));
    asked.end();
  });
  const print = (line) => console.log(JSON.stringify(line));
`;
const SMALL_URI = 23 + Math.ceil(1000 / 3) * 4;

async function printed(source: string, options: Parameters<typeof runModule>[2] = {}): Promise<unknown[]> {
  const ended: Ended = await runModule(PRELUDE + source, 60_000, options);
  assert.deepEqual([ended.code, ended.signal], [0, null], ended.stderr);
  return ended.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

test("no memory for a frame is an error, and small ones still come", { skip: !linux }, async () => {
  const published = join(directory, "published");
  mkdirSync(published);
  folder.write("published/.hf-complete", Buffer.alloc(0));
  const large = folder.write("published/large.png", jpegLike(3_000_000));
  const huge = join(published, "huge.png");
  // A hole: takes no space.
  writeFileSync(huge, "");
  truncateSync(huge, 390_000_000);
  const [first, second, server, again] = await printed(`
    const cache = new FrameCache();
    await cache.get(small);
    // Node's own parser of HTTP reserves gigabytes of addresses when it is first needed.
    await fetch("data:,");
    await sleep(100);
    // Room for what JavaScript needs, and not for a mapping of the file, nor for its data URI.
    const size = Number(/VmSize:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]);
    execFileSync("prlimit", ["--pid", String(process.pid), "--as=" + (size * 1024 + 256_000_000)]);
    print(await ends(cache.get(${JSON.stringify(huge)})));
    print(await ends(new FrameCache({ mapping: "never" }).get(${JSON.stringify(huge)})));
    const server = new FrameServer();
    print(await status((await server.register([${JSON.stringify(large)}]))[0]));
    print(await ends(cache.get(small)));
  `);
  for (const outcome of [first, second])
    assert.match(
      String(outcome),
      /^FRAME_UNREADABLE \| ENOMEM: not enough memory, read \| Give the process more memory/,
    );
  assert.deepEqual([server, again], [200, SMALL_URI]);
});

test("no file descriptor is an error that passes", { skip: !posix }, async () => {
  const outcomes = await printed(
    `
    const [cache, server] = [new FrameCache({ entryLimit: 5 }), new FrameServer()];
    // The pool is there before: this is not about its threads.
    await cache.inspect([]);
    const open = [];
    const fill = async () => {
      // Connections that ended give theirs back a little later.
      for (let round = 0; round < 3; round += 1) {
        await sleep(50);
        for (;;) try { open.push(openSync(small)); } catch { break; }
      }
    };
    const free = (count) => { for (const descriptor of open.splice(0, count)) closeSync(descriptor); };
    await fill();
    print(await ends(cache.get(small)));
    print(await ends(cache.inspect([small])));
    print(await ends(server.register([small])));
    free(open.length);
    print(await ends(cache.get(small)));
    const [url] = await server.register([small]);
    print(await status(url));
    // One for the client, none to accept with: the connection waits for one.
    await fill();
    free(1);
    let answered = false;
    const waiting = status(url).then((code) => { answered = true; return code; });
    await sleep(300);
    print(answered);
    free(open.length);
    print(await waiting);
    // One for each side, none for the file.
    await fill();
    free(2);
    print(await status(url));
    free(open.length);
    print(await status(url));
    server.close();
    `,
    { under: ["sh", "-c", 'ulimit -n 64; exec "$0" "$@"'] },
  );
  const emfile = new RegExp(
    `^FRAME_UNREADABLE \\| EMFILE: too many open files, open '${small}' \\| Raise the limit of open files`,
  );
  assert.match(String(outcomes[0]), emfile);
  assert.match(String(outcomes[1]), emfile);
  assert.match(String(outcomes[2]), /^SERVER_UNAVAILABLE \| .*too many open files/i);
  assert.deepEqual(outcomes.slice(3), [SMALL_URI, 200, false, 200, 503, 200]);
});

test("frames whose directory was removed are gone, kept and registered ones too", async () => {
  const gone = join(directory, "gone");
  mkdirSync(gone);
  const [kept, next] = [
    folder.write("gone/1.jpg", jpegLike(1000)),
    folder.write("gone/2.jpg", jpegLike(1000)),
  ];
  const [cache, server] = [new FrameCache({ entryLimit: 21 }), new FrameServer()];
  await cache.get(kept);
  await cache.inspect([kept, next]);
  const [url] = await server.register([kept]);
  rmSync(gone, { recursive: true });
  for (const path of [kept, next]) {
    const fault = { code: "FRAME_NOT_FOUND", message: `ENOENT: no such file or directory, open '${path}'` };
    await assert.rejects(cache.get(path), fault);
    await assert.rejects(cache.inspect([path]), fault);
    await assert.rejects(server.register([path]), fault);
  }
  assert.equal((await fetch(url as string)).status, 410);
  // Put back by a second extraction, they come again, and the URL does not: it stood for the old ones.
  mkdirSync(gone);
  folder.write("gone/1.jpg", jpegLike(1000, 1));
  assert.ok((await cache.get(kept)).endsWith(jpegLike(1000, 1).toString("base64")));
  assert.equal((await fetch(url as string)).status, 410);
  server.close();
});

test("frames that may not be read say so", { skip: !posix }, async () => {
  const secret = folder.write("secret.jpg", jpegLike(1000));
  const closed = join(directory, "closed");
  mkdirSync(closed);
  const inside = folder.write("closed/inside.jpg", jpegLike(1000));
  chmodSync(secret, 0);
  chmodSync(closed, 0);
  chmodSync(directory, 0o755);
  const later = folder.write("later.jpg", jpegLike(1000));
  // Root is bound by no permissions. The addon is loaded before, from wherever it is.
  const outcomes = await printed(`
    import { chmodSync } from "node:fs";
    if (process.getuid() === 0) {
      (await import("node:fs")).chownSync(${JSON.stringify(later)}, 65534, 65534);
      process.setgroups([]);
      process.setgid(65534);
      process.setuid(65534);
    }
    const [cache, server] = [new FrameCache(), new FrameServer()];
    for (const path of ${JSON.stringify([secret, inside])}) {
      print(await ends(cache.get(path)));
      print(await ends(cache.inspect([path])));
      print(await ends(server.register([path])));
    }
    const [url] = await server.register([${JSON.stringify(later)}]);
    print(await status(url));
    chmodSync(${JSON.stringify(later)}, 0);
    print(await status(url));
    server.close();
  `);
  chmodSync(closed, 0o755);
  for (const [index, path] of [secret, secret, secret, inside, inside, inside].entries())
    assert.ok(
      String(outcomes[index]).startsWith(
        `FRAME_UNREADABLE | EACCES: permission denied, open '${path}' | Check the permissions`,
      ),
      String(outcomes[index]),
    );
  assert.deepEqual(outcomes.slice(6), [200, 503]);
});

/** Ways to put other bytes of the same size, and with the same time, where a frame was. */
const REPLACEMENTS: Record<string, (path: string) => void> = {
  "written over in place": (path) => writeFileSync(path, jpegLike(1000, 7)),
  "replaced by rename": (path) => renameSync(folder.write("other.jpg", jpegLike(1000, 7)), path),
};
for (const [how, replace] of Object.entries(REPLACEMENTS)) {
  test(`a frame ${how} between look-ahead and use: the cache reads it anew, the server refuses it`, {
    skip: !posix,
  }, async () => {
    const path = folder.write("replaced.jpg", jpegLike(1000));
    const { atime, mtime } = statSync(path);
    const [cache, server] = [new FrameCache({ entryLimit: 22 }), new FrameServer()];
    await cache.get(path);
    const [ahead] = await cache.inspect([path]);
    const [url] = await server.register([path]);
    // Before Linux 6.13 the file system's clock has ticks of up to 10 ms, and two writes within one are one to it.
    await sleep(30);
    replace(path);
    utimesSync(path, atime, mtime);
    assert.equal(statSync(path).size, ahead?.size);
    const uri = await cache.get(path);
    assert.ok(uri.endsWith(jpegLike(1000, 7).toString("base64")));
    assert.equal(cache.stats().misses >= 2, true);
    assert.equal((await fetch(url as string)).status, 410);
    server.close();
  });
}

test("with every thread of the pool held up, nothing else is", async () => {
  const stalled = [0, 1, 2, 3].map((index) => folder.write(`${index}.hf-wait`, jpegLike(1000)));
  const [before, served, after] = await printed(
    `
    const stalled = ${JSON.stringify(stalled)};
    const cache = new FrameCache();
    await cache.get(small);
    const done = [];
    const calls = [
      ...stalled.map((path) => cache.get(path).then(() => done.push("stalled"))),
      cache.get(small).then(() => done.push("kept")),
      cache.inspect([small, small]).then(() => done.push("inspected")),
    ];
    await sleep(300);
    print(done);
    const server = new FrameServer();
    const [url] = await server.register([small]);
    print(await status(url));
    server.close();
    cache.stats();
    cache.takeWarnings();
    for (const path of stalled) writeFileSync(path + ".go", "");
    await Promise.all(calls);
    print(done.length);
    `,
    { env: withFaults() },
  );
  assert.deepEqual([before, served, after], [[], 200, 6]);
});

for (const [name, then] of [
  ["exits", "process.exit(0);"],
  [
    "ends a worker that waits for it",
    `
    import { Worker } from "node:worker_threads";
    const worker = new Worker(\`import(${JSON.stringify(BINDING)}).then(({ FrameCache }) => {
      new FrameCache().get(${JSON.stringify(small)});
      require("node:worker_threads").parentPort.postMessage("waits");
    })\`, { eval: true, execArgv: [] });
    await new Promise((resolve) => worker.once("message", resolve));
    await worker.terminate();
    for (const path of stalled) writeFileSync(path + ".go", "");
    await Promise.all(calls);
    for (let tries = 0; tries < 100 && cache.stats().liveBytes > cache.stats().bytes; tries += 1) { globalThis.gc(); await sleep(20); }
    print(cache.stats().liveBytes - cache.stats().bytes);
    `,
  ],
] as const) {
  test(`with every thread of the pool held up, a process ${name}`, async () => {
    const stalled = [0, 1, 2, 3].map((index) => folder.write(`${name} ${index}.hf-wait`, jpegLike(1000)));
    const ended = await runModule(
      `${PRELUDE}
      const stalled = ${JSON.stringify(stalled)};
      const cache = new FrameCache();
      const calls = stalled.map((path) => cache.get(path).then(() => {}));
      await sleep(100);
      ${then}
      `,
      30_000,
      { env: withFaults(), flags: ["--expose-gc"] },
    );
    assert.deepEqual([ended.code, ended.signal, ended.stderr], [0, null, ""]);
    assert.equal(ended.stdout, then.includes("print") ? "0\n" : "");
  });
}

/** 1,000 are for `HYPERFRAMES_NATIVE_TEST_TERMINATIONS=1000 npm test -- __test__/native/faults.test.ts`. */
const TERMINATIONS = Number(process.env.HYPERFRAMES_NATIVE_TEST_TERMINATIONS ?? 120);

test(`${TERMINATIONS} workers are terminated in mid-call`, { timeout: 600_000 }, async (context) => {
  const large = [0, 1, 2].map((index) => folder.write(`large ${index}.jpg`, jpegLike(1_500_000, index)));
  const source = `
    const { parentPort, workerData } = require("node:worker_threads");
    import(${JSON.stringify(BINDING)}).then(async ({ FrameCache, FrameServer }) => {
      const [cache, server] = [new FrameCache({ entryLimit: 2 }), new FrameServer()];
      const large = ${JSON.stringify(large)};
      const gets = () => Promise.all(large.map((path) => cache.get(path)));
      const serves = async () => {
        const urls = await server.register(large);
        const bodies = Promise.all(urls.map((url) => fetch(url).then((response) => response.arrayBuffer())));
        server.unregister(urls.slice(1));
        await bodies.catch(() => {});
      };
      const calls = [gets, () => cache.inspect(large), serves, async () => {
        for (let round = 0; round < 1000; round += 1) { cache.stats(); server.stats(); new FrameCache().takeWarnings(); }
      }];
      parentPort.postMessage("busy");
      for (;;) await calls[workerData % calls.length]();
    });
  `;
  const ended = await runModule(
    `${PRELUDE}
    import { Worker } from "node:worker_threads";
    const source = ${JSON.stringify(source)};
    const measured = () => {
      globalThis.gc();
      return [process.memoryUsage.rss() / 1e6, ${linux} ? readdirSync("/proc/self/fd").length : 0];
    };
    const cache = new FrameCache({ entryLimit: 3 });
    await cache.get(small);
    let count = 0;
    const one = async () => {
      for (let index = count++; index < ${TERMINATIONS}; index = count++) {
        const worker = new Worker(source, { eval: true, execArgv: [], workerData: index });
        await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
        // From at once to in the middle of some call.
        await sleep((index * 7) % 41);
        const code = await worker.terminate();
        if (code !== 1) throw new Error("exit code " + code);
        if (index === ${TERMINATIONS} >> 1) print(measured());
      }
    };
    await Promise.all([one(), one(), one(), one()]);
    const serves = () => ${linux} && readdirSync("/proc/self/task").some((id) => {
      try { return readFileSync("/proc/self/task/" + id + "/comm", "utf8").startsWith("hf-serve"); } catch { return false; }
    });
    for (let tries = 0; tries < 200 && (serves() || cache.stats().liveBytes > ${SMALL_URI}); tries += 1) await sleep(50);
    print(measured());
    print([cache.stats().liveBytes, serves(), await ends(cache.get(small))]);
    `,
    580_000,
    { flags: ["--expose-gc"] },
  );
  assert.deepEqual([ended.code, ended.signal, ended.stderr], [0, null, ""]);
  const [half, whole, left] = ended.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  context.diagnostic(
    `half way: ${half[0].toFixed(0)} MB, ${half[1]} files; at the end: ${whole[0].toFixed(0)} MB, ${whole[1]} files`,
  );
  assert.deepEqual(left, [SMALL_URI, false, SMALL_URI]);
  assert.ok(whole[0] < half[0] * 1.1 && whole[1] <= half[1], ended.stdout);
});
