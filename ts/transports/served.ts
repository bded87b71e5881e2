import { FrameError, HyperframesNativeError } from "../errors.js";
import { attempt, FrameServer } from "../native/binding.js";
import { type FetchedBlob, fetchBlobs } from "../page/functions.js";
import type { CapturePage } from "../page/page.js";
import type { FrameTransport, MadeUrl, PageTransport } from "./transport.js";

/**
 * The page fetches the frames from a loopback server on threads of its own and makes blobs of them, so that nothing is
 * of another origin. For a browser that does not see the same files but reaches this machine's loopback address.
 */
export const servedTransport: FrameTransport = {
  name: "served",
  async open(page: CapturePage): Promise<PageTransport> {
    return new ServedPageTransport(page, new FrameServer());
  },
};

class ServedPageTransport implements PageTransport {
  readonly name = "served";
  // The bytes of what is ahead lie in Chrome's blob storage until they are shown.
  readonly window = { frames: 64, bytes: 48 * 1024 * 1024 };
  readonly #page: CapturePage;
  readonly #server: FrameServer;

  constructor(page: CapturePage, server: FrameServer) {
    this.#page = page;
    this.#server = server;
  }

  async make(paths: readonly string[]): Promise<MadeUrl[]> {
    const urls = await this.#server.register([...paths]).catch((error) => {
      throw FrameError.from(error);
    });
    try {
      const blobs: FetchedBlob[] = await this.#page.evaluate(fetchBlobs, urls);
      return urls.map((_, n) => {
        const blob = blobs[n];
        if (blob === undefined || "error" in blob) {
          const message = `the page could not fetch it (${blob?.error})`;
          throw new HyperframesNativeError("TRANSPORT_UNUSABLE", message);
        }
        return blob;
      });
    } finally {
      attempt("unregister", () => this.#server.unregister(urls));
    }
  }

  close(): void {
    attempt("close", () => this.#server.close());
  }
}
