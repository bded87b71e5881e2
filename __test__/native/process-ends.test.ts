/** A process, or a worker thread, that ends in the middle of a call, with the server running. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { ProcessReportJson } from "hyperframes-native";
import { FrameFolder, jpegLike } from "../support/frames.ts";
import { runModule } from "../support/node-process.ts";
import { listeningPorts, openFiles, threads, withoutProc } from "../support/process-state.ts";

const folder = new FrameFolder({ after });
const directory = folder.path;
const paths = Array.from({ length: 40 }, (_, n) => folder.write(`${n}.jpg`, jpegLike(200_000, n)));
const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);

/** Renders on a page without a browser, for ever: `running` is called in the middle of a call, once the server serves. */
const RENDERING = `
  import { createVideoFrameInjector } from ${JSON.stringify(import.meta.resolve("hyperframes-native"))};
  import { BlobPage } from ${url("../support/blob-page.ts")};
  import { listeningPorts } from ${url("../support/process-state.ts")};
  const paths = ${JSON.stringify(paths)};
  const lookup = { getActiveFramePayloads: (time) => new Map([["v", { framePath: paths[Math.floor(time * 10) % 40], frameIndex: Math.floor(time * 10) }]]) };
  const hook = createVideoFrameInjector(lookup, { transport: "served" });
  const page = new BlobPage();
  const render = async (running) => {
    for (let n = 0; ; n++) {
      const call = hook(page, n / 10 + 0.01);
      if (n === 5) await running();
      await call;
    }
  };
`;

const ENDS: ReadonlyArray<
  [name: string, source: string, code: number | null, signal: string | null, said: RegExp]
> = [
  ["process.exit", "process.exit(3);", 3, null, /^$/],
  ["SIGTERM", "process.kill(process.pid, 'SIGTERM'); await new Promise(() => {});", null, "SIGTERM", /^$/],
  [
    "SIGTERM, which the host answers",
    "process.once('SIGTERM', () => process.exit(7)); setInterval(() => {}, 100); process.kill(process.pid, 'SIGTERM'); await new Promise(() => {});",
    7,
    null,
    /^$/,
  ],
  [
    "an uncaught exception",
    "setImmediate(() => { throw new Error('of the host'); }); await new Promise(() => {});",
    1,
    null,
    /Error: of the host/,
  ],
  ["an unhandled rejection", "throw new Error('of the host');", 1, null, /Error: of the host/],
];

for (const [name, source, code, signal, said] of ENDS) {
  test(`${name} with the server running: the process ends as it would without, and the port is free`, {
    skip: withoutProc,
  }, async () => {
    const ended = await runModule(
      `${RENDERING}
      render(async () => { console.log(JSON.stringify(listeningPorts())); ${source} });`,
      30_000,
      { flags: ["--disable-warning=ExperimentalWarning"], env: { HYPERFRAMES_NATIVE_QUIET: "1" } },
    );
    assert.deepEqual([ended.code, ended.signal], [code, signal], ended.stderr);
    assert.match(ended.stderr, said);
    assert.doesNotMatch(ended.stderr, /panicked|fatal|FATAL/);
    const [port, ...others] = JSON.parse(ended.stdout) as number[];
    assert.ok(port !== undefined && others.length === 0, ended.stdout);
    await assert.rejects(
      new Promise((resolve, reject) => connect(port, "127.0.0.1").on("connect", resolve).on("error", reject)),
      { code: "ECONNREFUSED" },
    );
  });
}

test("a process that is killed has the statistics of the renders that were over", {
  skip: process.platform === "win32" && "there are no signals",
}, async () => {
  const file = join(directory, "stats.json");
  const ended = await runModule(
    `${RENDERING}
    for (let n = 0; n < 8; n++) await hook(page, n / 10 + 0.01);
    page.close();
    process.kill(process.pid, "SIGKILL");`,
    30_000,
    { flags: ["--disable-warning=ExperimentalWarning"], env: { HYPERFRAMES_NATIVE_STATS: file } },
  );
  assert.equal(ended.signal, "SIGKILL");
  const { frames, framesBy } = JSON.parse(readFileSync(file, "utf8")) as ProcessReportJson;
  assert.deepEqual([frames, framesBy], [8, { served: 8 }]);
});

test("statistics that cannot be written, the disk being full: told, and no harm", {
  skip: process.platform !== "linux" && "there is no /dev/full",
}, async () => {
  const ended = await runModule(
    `${RENDERING}
    for (let n = 0; n < 8; n++) await hook(page, n / 10 + 0.01);
    page.close();
    console.log(page.shows("v") === undefined ? "nothing" : "a frame");`,
    30_000,
    {
      flags: ["--disable-warning=ExperimentalWarning"],
      env: { HYPERFRAMES_NATIVE_STATS: "/dev/full", HYPERFRAMES_NATIVE_QUIET: "1" },
    },
  );
  assert.deepEqual([ended.code, ended.stdout], [0, "a frame\n"], ended.stderr);
  assert.match(
    ended.stderr,
    /hyperframes-native: could not write the statistics to \/dev\/full: Error: ENOSPC/,
  );
});

test("worker threads that are terminated in the middle of calls leave no port, no file and no thread", {
  skip: withoutProc,
}, async () => {
  const source = `
    import { parentPort } from "node:worker_threads";
    ${RENDERING}
    render(async () => parentPort.postMessage("running"));`;
  const script = folder.write("worker.mjs", Buffer.from(source));
  const round = async (delay: number) => {
    const workers = Array.from({ length: 2 }, () => new Worker(script));
    await Promise.all(
      workers.map(async (worker, n) => {
        await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
        await sleep(delay + n);
        await worker.terminate();
      }),
    );
  };
  await round(0);
  await settled();
  const [files, before] = [openFiles().length, threads().length];
  for (let delay = 0; delay < 3; delay++) await round(2 * delay);
  await settled(files);
  assert.ok(openFiles().length <= files, openFiles().join("\n"));
  assert.ok(threads().length <= before, threads().join(" "));
});

/** Waits until the server is gone and no more than so many files are open; sockets close in their own time. */
async function settled(files = Number.POSITIVE_INFINITY): Promise<void> {
  for (let tries = 0; tries < 100 && (listeningPorts().length > 0 || openFiles().length > files); tries++)
    await sleep(50);
  assert.deepEqual(listeningPorts(), []);
}

test("a frame that may not be read is an error that names it", {
  skip: process.platform === "win32" && "there are no such rights",
}, async () => {
  const secret = folder.write("secret.jpg", jpegLike(100));
  const ended = await runModule(
    `
    import { chmodSync } from "node:fs";
    import { createVideoFrameInjector } from ${JSON.stringify(import.meta.resolve("hyperframes-native"))};
    import { BlobPage } from ${url("../support/blob-page.ts")};
    chmodSync(${JSON.stringify(directory)}, 0o755);
    chmodSync(${JSON.stringify(secret)}, 0);
    if (process.getuid() === 0) process.setuid(65534); // nothing is forbidden to root
    const lookup = { getActiveFramePayloads: () => new Map([["v", { framePath: ${JSON.stringify(secret)}, frameIndex: 0 }]]) };
    for (const transport of ["file", "served", "inline"]) {
      const hook = createVideoFrameInjector(lookup, { transport });
      const error = await hook(new BlobPage(), 0).catch((error) => error);
      console.log(transport, error.code, error.path, error.videoId, error.message.startsWith("EACCES: permission denied, open"));
    }`,
    30_000,
    { flags: ["--disable-warning=ExperimentalWarning"], env: { HYPERFRAMES_NATIVE_QUIET: "1" } },
  );
  const line = (transport: string) => `${transport} FRAME_UNREADABLE ${secret} v true\n`;
  assert.equal(ended.stdout, ["file", "served", "inline"].map(line).join(""), ended.stderr);
  assert.equal(ended.code, 0);
});
