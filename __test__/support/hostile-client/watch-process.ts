// What a process holds while something is done to it.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";

/** The most that was seen. */
export interface Held {
  readonly rssBytes: number;
  readonly openFiles: number;
}

/** Looks at a Linux process every 50 ms until it is stopped or the process is gone. */
export class ProcessWatch {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  #rssBytes = 0;
  #openFiles = 0;

  constructor(pid: number) {
    this.#pid = pid;
    this.#look();
    this.#timer = setInterval(() => this.#look(), 50);
  }

  stop(): Held {
    clearInterval(this.#timer);
    return { rssBytes: this.#rssBytes, openFiles: this.#openFiles };
  }

  #look(): void {
    try {
      const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.#pid}/status`, "utf8"))?.[1];
      this.#rssBytes = Math.max(this.#rssBytes, Number(kib ?? 0) * 1024);
      this.#openFiles = Math.max(this.#openFiles, readdirSync(`/proc/${this.#pid}/fd`).length);
    } catch {
      clearInterval(this.#timer); // it has ended
    }
  }
}

/** The server's slots; one more connection is taken in before the oldest has gone. */
const CONNECTIONS = 129;
/** Of each: two chunks of a frame where its client knows one, a request's head, the answers to it, and the allocator's share. */
const BYTES_PER_CONNECTION = 2 * 256 * 1024 + 64 * 1024;

/** Asserts that an attack added no more than the server's bounds allow: a socket and an open frame for each connection. */
export function assertBounded(during: Held, before: Held): void {
  const more = during.rssBytes - before.rssBytes;
  assert.ok(more <= CONNECTIONS * BYTES_PER_CONNECTION, `${more} bytes more than before`);
  const files = during.openFiles - before.openFiles;
  assert.ok(files <= 2 * CONNECTIONS + 6, `${files} open files more than before`);
}
