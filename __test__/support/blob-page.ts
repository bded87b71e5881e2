import { EventEmitter } from "node:events";
import { readFileSync } from "node:fs";
import type { CapturePage, FrameUpdate, PageFunctions } from "hyperframes-native";

/** What a page cannot do. */
export interface Refusals {
  readonly files?: boolean;
  readonly fetches?: boolean;
}

/** A page without a browser that does what the drop-in's own page functions do, keeps account of blobs, and can end at any time. */
export class BlobPage implements CapturePage {
  /** First bytes of the blobs that were made and not let go of. */
  readonly blobs = new Map<string, Buffer>();
  /** Videos whose host is hidden: the page skips them. */
  readonly hidden = new Set<string>();
  readonly #shown = new Map<string, string>();
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
    const src = this.#shown.get(videoId) ?? "";
    const bytes = src.startsWith("data:")
      ? Buffer.from(src.slice(src.indexOf(",") + 1), "base64")
      : this.blobs.get(src);
    return bytes?.readUInt32LE(4);
  }

  evaluate = (pageFunction: { name: string }, argument: never): Promise<unknown> =>
    this.#answer("Protocol error (Runtime.callFunctionOn): Target closed", () =>
      this.#call(pageFunction.name, argument),
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
      case "syncVisibility":
        for (const id of this.#shown.keys()) if (!(argument as string[]).includes(id)) this.#shown.delete(id);
        return undefined;
      case "injectFrames": {
        const painted = (argument as FrameUpdate[]).filter(({ videoId }) => !this.hidden.has(videoId));
        for (const { videoId, dataUri } of painted) this.#shown.set(videoId, dataUri);
        return painted.map(({ videoId }) => videoId);
      }
      case "probeImages":
        return (argument as string[]).map((url) =>
          this.blobs.has(url) ? { width: 1, height: 1 } : { error: "no blob" },
        );
      case "fetchBlobs":
        return Promise.all((argument as string[]).map((url) => this.#fetch(url)));
      case "finishStep": {
        const { videoIds, revoke } = argument as { videoIds: string[]; revoke: string[] };
        const missing = videoIds.filter((id) => this.shows(id) === undefined);
        if (missing.length === 0) for (const url of revoke) this.blobs.delete(url);
        return missing;
      }
      case "revokeBlobs":
        for (const url of argument as string[]) this.blobs.delete(url);
        return undefined;
      case "reseekGpu":
        return undefined;
      case "quietAudio":
        return [];
      case "mediaCounts":
        return { quieted: 0, seeksSaved: 0 };
      default:
        throw new Error(`no such page function: ${name}`);
    }
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
        return { result: { value: this.#files.map((path) => this.#blob(readFileSync(path))) } };
      default:
        throw new Error(`no such method: ${method}`);
    }
  }

  async #fetch(url: string): Promise<{ url: string; size: number } | { error: string }> {
    if (this.#refusals.fetches) return { error: "TypeError: Failed to fetch" };
    return this.#blob(Buffer.from(await (await fetch(url)).arrayBuffer()));
  }

  #blob(bytes: Buffer): { url: string; size: number } {
    const url = `blob:${this.#made++}`;
    this.blobs.set(url, bytes.subarray(0, 16));
    return { url, size: bytes.length };
  }
}

function syncVisibility(): void {}
function injectFrames(): void {}

/** Upstream's page functions in its terms: each is one message to the page. */
export const blobPageFunctions: PageFunctions = {
  injectVideoFramesBatch: (page: BlobPage, updates) =>
    page.evaluate(injectFrames, updates as never) as Promise<string[]>,
  syncVideoFrameVisibility: (page: BlobPage, ids) =>
    page.evaluate(syncVisibility, ids as never) as Promise<void>,
};
