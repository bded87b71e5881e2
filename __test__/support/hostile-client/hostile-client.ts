// A client that does to one server on this machine whatever a client can do, and looks at every byte that comes back.
import net from "node:net";
import { Random } from "../random.ts";
import { judgeAnswer } from "./judge-answers.ts";
import { type Batch, batch, halfRequest, refusedRequest, type Target } from "./requests.ts";

export interface AttackOptions {
  readonly target: Target;
  /** Ends after so many. */
  readonly requests: number;
  /** Ends it early. */
  readonly signal: AbortSignal;
  /** The same seed makes the same requests. */
  readonly seed: number;
}

/** What was done. */
export interface AttackSummary {
  /** Requests, and what passes for them. */
  requests: number;
  /** Whole answers, at most one on each connection; all were refusals, or the frame that was asked for by its token. */
  answers: number;
  connections: number;
  /** Connections left half open, dripped into byte by byte, or never read from. */
  halfOpen: number;
  /** Connections that the system or the server refused or reset. */
  failed: number;
}

/** Connections that are kept half open, or whose client never reads; more than the server serves at a time. */
const HELD = 200;

/** Connections on which requests are sent at a time. */
const BUSY = 24;

/** Longest wait for an answer on one connection: a server that closes what it dislikes answers at once. */
const PATIENCE_MS = 400;

/** Attacks until all requests were made or the signal says so; rejects with a `Leak` when something came that must not. */
export async function attack(options: AttackOptions): Promise<AttackSummary> {
  const { requests, signal } = options;
  const summary: AttackSummary = { requests: 0, answers: 0, connections: 0, halfOpen: 0, failed: 0 };
  const holder = new Holder(options.target.port, summary);
  const goesOn = () => summary.requests < requests && !signal.aborted;
  try {
    await Promise.all(
      Array.from({ length: BUSY }, async (_, n) => {
        const random = new Random(options.seed * 1000 + n);
        while (goesOn()) {
          if (random.next() < 0.15) holder.hold(options.target, random);
          await converse(options.target, random, summary);
        }
      }),
    );
  } finally {
    holder.end();
  }
  return summary;
}

/** Sends requests on one connection and judges what comes. */
async function converse(target: Target, random: Random, summary: AttackSummary): Promise<void> {
  const asked = batch(target, random);
  summary.connections += 1;
  summary.requests += asked.length;
  const manner = { ends: random.next() < 0.5, resets: random.next() < 0.1 };
  const { received, failed } = await exchange(target.port, asked, manner);
  if (failed) summary.failed += 1;
  if (judgeAnswer(received, asked[0])) summary.answers += 1;
}

interface Manner {
  /** Says that nothing more comes, instead of waiting for the answers. */
  readonly ends: boolean;
  /** Leaves with a reset, so that the server has something to write to nobody. */
  readonly resets: boolean;
}

/** Sends requests on a connection of their own; gives what came until one was answered, it was closed, or patience ended. */
function exchange(
  port: number,
  asked: Batch,
  { ends, resets }: Manner,
): Promise<{ received: Buffer; failed: boolean }> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    let failed = false;
    const socket = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    const leave = () => {
      if (resets) socket.resetAndDestroy();
      else socket.destroy();
    };
    const timer = setTimeout(leave, PATIENCE_MS);
    socket.on("error", () => {
      failed = true;
    });
    socket.on("close", () => {
      clearTimeout(timer);
      resolve({ received, failed });
    });
    socket.on("end", leave);
    socket.on("data", (piece) => {
      received = Buffer.concat([received, piece]);
      try {
        if (resets || judgeAnswer(received, asked[0])) leave();
      } catch (error) {
        leave();
        reject(error);
      }
    });
    const bytes = Buffer.concat(asked.map((request) => request.bytes));
    if (ends) socket.end(bytes);
    else socket.write(bytes);
  });
}

/** Connections that do nothing but be there. The oldest go when there are too many. */
class Holder {
  readonly #port: number;
  readonly #summary: AttackSummary;
  readonly #sockets = new Set<net.Socket>();

  constructor(port: number, summary: AttackSummary) {
    this.#port = port;
    this.#summary = summary;
  }

  hold(target: Target, random: Random): void {
    if (this.#sockets.size >= HELD) {
      const [oldest] = this.#sockets;
      oldest?.destroy();
      if (oldest !== undefined) this.#sockets.delete(oldest);
    }
    this.#summary.requests += 1;
    const manner = random.next();
    const socket = this.#open();
    if (manner < 0.5) {
      socket.write(halfRequest(random));
    } else if (manner < 0.8) {
      // Byte by byte, for as long as it lasts.
      const bytes = refusedRequest(target, random).bytes;
      let at = 0;
      const drip = setInterval(() => socket.write(bytes.subarray(at, ++at)), 100);
      socket.once("close", () => clearInterval(drip));
    } else {
      // Asks and asks, and never reads an answer.
      const known = target.frames.length > 0 ? random.one(target.frames).path : "/";
      socket.pause();
      const request = `GET ${known} HTTP/1.1\r\nHost: 127.0.0.1:${target.port}\r\n\r\n`;
      socket.write(request.repeat(random.whole(1, 200)));
    }
  }

  #open(): net.Socket {
    this.#summary.connections += 1;
    this.#summary.halfOpen += 1;
    const socket = net.connect({ port: this.#port, host: "127.0.0.1" });
    this.#sockets.add(socket);
    socket.on("error", () => {
      this.#summary.failed += 1;
    });
    socket.on("close", () => this.#sockets.delete(socket));
    return socket;
  }

  end(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
