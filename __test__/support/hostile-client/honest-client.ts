/** A worker that fetches one frame again and again, each time on a connection of its own, until it is told to end. */
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";

export interface HonestOrder {
  readonly url: string;
  /** The frame's length; its bytes are looked at by the attack itself. */
  readonly bytes: number;
}

export interface HonestAccount {
  /** Frames that were asked for; each came. */
  readonly frames: number;
  /** Connections that were closed before the server had read from them, as happens when very many come at once. */
  readonly again: number;
}

const TRIES = 10;

const { url, bytes } = workerData as HonestOrder;
let frames = 0;
let again = 0;
let ends = false;
parentPort?.once("message", () => {
  ends = true;
});
while (!ends) {
  await fetchFrame();
  await sleep(50);
}
parentPort?.postMessage({ frames, again } satisfies HonestAccount);

/** As a browser does, which tries again where a connection fails. */
async function fetchFrame(): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      const response = await fetch(url, {
        headers: { connection: "close" },
        signal: AbortSignal.timeout(20_000),
      });
      const { byteLength } = await response.arrayBuffer();
      if (response.status !== 200 || byteLength !== bytes)
        throw new RangeError(`${response.status}, ${byteLength} bytes`);
      frames += 1;
      return;
    } catch (error) {
      if (tries === TRIES || error instanceof RangeError) throw error;
      again += 1;
    }
  }
}
