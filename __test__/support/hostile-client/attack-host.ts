// A frame server in a process of its own, attacked by clients that know its frames and by such that do not.
import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { eventually } from "../in-time.ts";
import type { HonestAccount, HonestOrder } from "./honest-client.ts";
import { type AttackSummary, attack } from "./hostile-client.ts";
import type { Target } from "./requests.ts";
import { assertBounded, type Held, ProcessWatch } from "./watch-process.ts";

export interface HostAttack {
  readonly summary: AttackSummary;
  /** What a well-behaved client got meanwhile: every frame that it asked for. */
  readonly honest: HonestAccount;
  readonly before: Held;
  readonly during: Held;
}

/** What must be got used to before memory is looked at: buffers of every connection, at their size. */
const WARM_UP_REQUESTS = 2_000;
const FRAME_BYTES = [20_000, 600_000];

/** Attacks until all requests were made or the signal says so; rejects when anything did not hold. */
export async function attackHost(requests: number, signal: AbortSignal, seed: number): Promise<HostAttack> {
  const dir = mkdtempSync(path.join(tmpdir(), "hyperframes-native-attack-"));
  const files = FRAME_BYTES.map((length, n) => frameFile(path.join(dir, `${n}.jpg`), length, n + 1));
  writeFileSync(path.join(dir, "unregistered.jpg"), "nobody may read this");
  const host = fork(
    path.join(import.meta.dirname, "frame-host.ts"),
    [JSON.stringify(files.map(({ file }) => file))],
    {
      execArgv: ["--disable-warning=ExperimentalWarning"],
    },
  );
  try {
    const urls = await firstMessage(host);
    const frames = files.map((frame, n) => ({ ...frame, path: urls[n]?.pathname ?? "" }));
    const target: Target = { port: Number(urls[0]?.port), frames };
    const pid = host.pid ?? 0;
    const idle = new ProcessWatch(pid).stop();

    await attack({ target, requests: WARM_UP_REQUESTS, signal, seed });
    const before = { ...new ProcessWatch(pid).stop(), openFiles: idle.openFiles };
    const watch = new ProcessWatch(pid);
    const client = new HonestClient({
      url: `http://127.0.0.1:${target.port}${frames[0]?.path}`,
      bytes: FRAME_BYTES[0] ?? 0,
    });
    const summary = await attack({ target, requests, signal, seed: seed + 1 });
    const honest = await client.end();
    const during = watch.stop();

    assertBounded(during, before);
    assert.equal(host.exitCode, null, "the process with the server ended");
    // Longer than the server keeps a connection that says nothing.
    const areForgotten = () => new ProcessWatch(pid).stop().openFiles <= idle.openFiles + 2;
    await eventually(areForgotten, "the connections are forgotten", 20_000);
    return { summary, honest, before, during };
  } finally {
    host.kill("SIGKILL");
    rmSync(dir, { recursive: true, force: true });
  }
}

function frameFile(file: string, length: number, seed: number): { file: string; bytes: Buffer } {
  const bytes = Buffer.alloc(length, Buffer.from([seed, 2, 3, 250 - seed]));
  bytes.writeUInt32BE(0xffd8ffe0, 0);
  writeFileSync(file, bytes);
  return { file, bytes };
}

async function firstMessage(host: ChildProcess): Promise<URL[]> {
  const [urls] = (await once(host, "message")) as [string[]];
  return urls.map((url) => new URL(url));
}

/** A well-behaved client with an event loop of its own. */
class HonestClient {
  readonly #worker: Worker;
  readonly #answer: Promise<HonestAccount>;

  constructor(order: HonestOrder) {
    this.#worker = new Worker(new URL("honest-client.ts", import.meta.url), { workerData: order });
    this.#answer = once(this.#worker, "message").then(([account]) => account as HonestAccount);
    this.#answer.catch(() => undefined); // told by end()
  }

  /** What it got; rejects when it did not get a frame. */
  async end(): Promise<HonestAccount> {
    this.#worker.postMessage("end");
    return this.#answer;
  }
}
