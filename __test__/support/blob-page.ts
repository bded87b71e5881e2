import { EventEmitter } from "node:events";
import { closeSync, openSync, readSync, statSync } from "node:fs";
import type { CapturePage } from "hyperframes-native";
import type { StepCheck, StepEnd } from "../../dist/ts/page/functions.js";
import type { FrameUpdate } from "./stub-page.ts";
import { upstreamPart } from "./upstream-parts.ts";

/** What a page cannot do. */
export interface Refusals {
  readonly files?: boolean;
  readonly fetches?: boolean;
}

/** Number of a picture that no page can decode. */
export const BROKEN = 0xbad;

/**
 * A page without a browser that does what the page functions do, the drop-in's own and those of upstream's hook (of the installed
 * engine), keeps account of blobs, and can end at any time.
 */
export class BlobPage implements CapturePage {
  /** First bytes of the blobs that were made and not revoked. */
  readonly blobs = new Map<string, Buffer>();
  /** Videos whose host is hidden: the page skips them. */
  readonly hidden = new Set<string>();
  /** Files that a blob was made of, in order. */
  readonly made: string[] = [];
  /** Files of which only a part arrives. */
  readonly short = new Set<string>();
  /** URLs that the page was told to decode for its next step. */
  ahead: readonly string[] = [];
  /** What each image was given, and the first bytes of what it loaded then: that stays when the blob is revoked. */
  readonly #shown = new Map<string, { readonly src: string; readonly bytes: Buffer | undefined }>();
  readonly #events = new EventEmitter();
  readonly #browser = Object.assign(new EventEmitter(), { connected: true });
  readonly #refusals: Refusals;
  #closed = false;
  #files: string[] = [];
  #made = 0;
  once = this.#events.once.bind(this.#events);

  constructor(refusals: Refusals = {}) {
    this.#refusals = refusals;
  }

  isClosed(): boolean {
    return this.#closed;
  }

  browser() {
    return this.#browser;
  }

  /** As puppeteer tells it: what is under way rejects, then the page is closed. */
  close(): void {
    this.#closed = true;
    this.#events.emit("close");
  }

  /** The browser is gone, and its pages say nothing. */
  kill(): void {
    this.#browser.connected = false;
    this.#browser.emit("disconnected");
  }

  /** The number that a video's picture carries; `undefined` where there is none. */
  shows(videoId: string): number | undefined {
    return this.#shown.get(videoId)?.bytes?.readUInt32LE(4);
  }

  evaluate = (pageFunction: { name: string }, argument: never): Promise<unknown> =>
    this.#answer("Protocol error (Runtime.callFunctionOn): Target closed", () =>
      this.#call(upstreamPart(pageFunction) ?? pageFunction.name, argument),
    );

  createCDPSession = () =>
    this.#answer("Protocol error (Target.attachToTarget): Target closed", () => ({
      send: (method: string, parameters: never) =>
        this.#answer(
          `Protocol error (${method}): Session closed. Most likely the page has been closed.`,
          () => this.#send(method, parameters),
        ),
      detach: () => this.#answer("Protocol error (Target.detachFromTarget): Target closed", () => undefined),
    }));

  async #answer<T>(closed: string, work: () => T | Promise<T>): Promise<T> {
    const assertOpen = () => {
      if (this.#closed || !this.#browser.connected) throw new Error(closed);
    };
    await null;
    assertOpen();
    const answer = await work();
    assertOpen();
    return answer;
  }

  #call(name: string, argument: never): unknown {
    switch (name) {
      case "sync":
        for (const id of this.#shown.keys()) if (!(argument as string[]).includes(id)) this.#shown.delete(id);
        return undefined;
      case "inject": {
        const painted = (argument as FrameUpdate[]).filter(({ videoId }) => !this.hidden.has(videoId));
        for (const { videoId, dataUri: src } of painted) {
          const before = this.#shown.get(videoId);
          this.#shown.set(videoId, before?.src === src ? before : { src, bytes: this.#load(src) });
        }
        return painted.map(({ videoId }) => videoId);
      }
      case "reseek":
        return undefined;
      case "probeImages":
        return (argument as string[]).map((url) => {
          const bytes = this.#load(url);
          if (bytes === undefined) return { error: "no picture" };
          if (bytes.readUInt16BE(2) !== 0xffc0) return { width: 1, height: 1 };
          return { width: bytes.readUInt16BE(9), height: bytes.readUInt16BE(7) };
        });
      case "fetchBlobs":
        return Promise.all((argument as string[]).map((url) => this.#fetch(url)));
      case "findLost":
        return (argument as StepCheck[])
          .filter(({ videoId, url }) => url === undefined || this.#shown.get(videoId)?.src === url)
          .map(({ videoId }) => videoId)
          .filter((id) => this.#shown.has(id) && this.shows(id) === undefined);
      case "finishStep": {
        const { revoke, ahead } = argument as StepEnd;
        for (const url of revoke) this.blobs.delete(url);
        if (ahead !== undefined) this.ahead = ahead;
        return { failed: (ahead ?? []).filter((url) => this.#load(url) === undefined) };
      }
      case "quietAudio":
        return [];
      case "mediaCounts":
        return { quieted: 0, seeksSaved: 0 };
      case "prepareScreenshot":
        return true;
      default:
        throw new Error(`no such page function: ${name}`);
    }
  }

  #load(src: string): Buffer | undefined {
    const bytes = src.startsWith("data:")
      ? Buffer.from(src.slice(src.indexOf(",") + 1), "base64")
      : this.blobs.get(src);
    return bytes?.readUInt32LE(4) === BROKEN ? undefined : bytes;
  }

  #send(method: string, parameters: { files: string[] }): unknown {
    switch (method) {
      case "Runtime.evaluate":
        return { result: { objectId: "input" } };
      case "DOM.setFileInputFiles":
        if (this.#refusals.files) throw new Error("Not allowed");
        this.#files = parameters.files;
        return {};
      case "Runtime.callFunctionOn":
        return { result: { value: this.#files.map((path) => this.#blobOfFile(path)) } };
      default:
        throw new Error(`no such method: ${method}`);
    }
  }

  async #fetch(url: string): Promise<{ url: string; bytes: number } | { error: string }> {
    if (this.#refusals.fetches) return { error: "TypeError: Failed to fetch" };
    const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
    return this.#blob(bytes.subarray(0, 16), bytes.length);
  }

  #blobOfFile(path: string): { url: string; bytes: number } {
    this.made.push(path);
    const head = Buffer.alloc(16);
    const file = openSync(path, "r");
    readSync(file, head);
    closeSync(file);
    return this.#blob(head, statSync(path).size - (this.short.has(path) ? 1 : 0));
  }

  #blob(head: Buffer, bytes: number): { url: string; bytes: number } {
    const url = `blob:${this.#made++}`;
    this.blobs.set(url, head);
    return { url, bytes };
  }
}
