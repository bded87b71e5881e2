import { contained } from "../binding/contained.js";
import { FrameServer } from "../binding/native.js";
import { FrameError, HyperframesNativeError } from "../errors.js";
import type { StepFrame } from "../lookup/shown-frames.js";
import { type FetchedBlob, fetchBlobs } from "../page/functions.js";
import { type CapturePage, onceGone } from "../page/page.js";
import type { FrameSource, FrameTransport, PageTransport } from "./transport.js";

const MIB = 1024 * 1024;

/**
 * The page fetches the frames from a loopback server on threads of its own and makes blobs of them, so that nothing is
 * of another origin. For a browser that does not see the same files but reaches this machine's loopback address.
 */
export const servedTransport: FrameTransport = {
  name: "served",
  async open(page: CapturePage): Promise<PageTransport> {
    const server = new FrameServer();
    // A page that is gone needs no port; a hook that is forgotten before its page gives it back with the handle.
    const handle = new WeakRef(server);
    onceGone(page, () => {
      const open = handle.deref();
      if (open !== undefined) close(open);
    });
    return new ServedPageTransport(page, server);
  },
};

class ServedPageTransport implements PageTransport {
  readonly name = "served";
  // The bytes of what is ahead lie in Chrome's blob storage until they are shown.
  readonly window = { frames: 64, bytes: 48 * MIB };
  readonly #page: CapturePage;
  readonly #server: FrameServer;

  constructor(page: CapturePage, server: FrameServer) {
    this.#page = page;
    this.#server = server;
  }

  async sources(frames: readonly StepFrame[]): Promise<FrameSource[]> {
    if (frames.length === 0) return [];
    const urls = await this.#register(frames);
    try {
      const blobs: FetchedBlob[] = await this.#page.evaluate(fetchBlobs, urls);
      return frames.map((frame, n) => {
        const blob = blobs[n];
        if (blob === undefined || "error" in blob) {
          throw new HyperframesNativeError(
            "TRANSPORT_UNUSABLE",
            `the page could not fetch it (${blob?.error})`,
          );
        }
        return { frame, src: blob.url, bytes: blob.size, kind: this.name };
      });
    } finally {
      contained("unregister", () => this.#server.unregister(urls));
    }
  }

  close(): void {
    close(this.#server);
  }

  async #register(frames: readonly StepFrame[]): Promise<string[]> {
    try {
      return await this.#server.register(frames.map(({ framePath }) => framePath));
    } catch (error) {
      throw FrameError.from(error);
    }
  }
}

function close(server: FrameServer): void {
  contained("close", () => server.close());
}
