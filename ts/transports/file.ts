import { resolve } from "node:path";
import { HyperframesNativeError } from "../errors.js";
import { blobUrlsOfFiles, createFileInput } from "../page/functions.js";
import { type CapturePage, hasProtocol, type ProtocolSession } from "../page/page.js";
import type { FrameTransport, MadeUrl, PageTransport } from "./transport.js";

/**
 * Chrome reads the frame file itself: the file is set on a detached file input and shown through a blob URL. Nothing
 * but the path goes through the protocol, and the blob is of the page's own origin. Needs a browser that sees the same
 * files. A file that is cut, deleted or rewritten after it was set fails to load, unless it kept its size and time: the hook looks
 * for that itself.
 * Source: DevTools protocol, `DOM.setFileInputFiles`; the rest was measured with Chromium 156 (docs/transports.md).
 */
export const fileTransport: FrameTransport = {
  name: "file",
  async open(page: CapturePage): Promise<PageTransport> {
    if (!hasProtocol(page)) throw unusable("the page gives no DevTools session");
    return new FilePageTransport(await page.createCDPSession());
  },
};

class FilePageTransport implements PageTransport {
  readonly name = "file";
  // A file that is set costs Chrome 0.3 ms and no memory to speak of: its bytes are read when it is shown. The system reads them ahead,
  // though, and is not to be asked for more than it can keep.
  readonly window = { frames: 128, bytes: 256 * 1024 * 1024 };
  readonly #session: ProtocolSession;
  #inputId: string | undefined;
  /** Files are set and read back in two messages, which must not mix with those of another call. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(session: ProtocolSession) {
    this.#session = session;
  }

  make(paths: readonly string[]): Promise<MadeUrl[]> {
    const turn = this.#queue.then(() => this.#register(paths));
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  close(): void {
    // The session stays until the page goes: detached, it takes with it the background that another session has made transparent
    // (measured with Chromium 156, see own-images.ts). The input is left to the page's garbage collector.
    this.#inputId = undefined;
  }

  async #register(paths: readonly string[]): Promise<MadeUrl[]> {
    if (paths.length === 0) return [];
    this.#inputId ??= await this.#createInput();
    const objectId = this.#inputId;
    try {
      // Chrome takes absolute paths only.
      const files = paths.map((path) => resolve(path));
      await this.#session.send("DOM.setFileInputFiles", { objectId, files });
      const { result, exceptionDetails } = await this.#session.send("Runtime.callFunctionOn", {
        objectId,
        functionDeclaration: blobUrlsOfFiles.toString(),
        returnByValue: true,
      });
      const made: unknown = result?.value;
      if (exceptionDetails || !Array.isArray(made) || made.length !== paths.length) {
        throw unusable("the page gave no blob for a file");
      }
      return made;
    } catch (error) {
      this.#inputId = undefined; // of a document that is gone, perhaps
      throw error;
    }
  }

  async #createInput(): Promise<string> {
    const { result } = await this.#session.send("Runtime.evaluate", { expression: `(${createFileInput})()` });
    if (typeof result?.objectId !== "string") throw unusable("the page cannot make a file input");
    return result.objectId;
  }
}

function unusable(reason: string): HyperframesNativeError {
  return new HyperframesNativeError("TRANSPORT_UNUSABLE", `Frames cannot go as files: ${reason}.`);
}
