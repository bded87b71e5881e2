import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".m4a": "audio/mp4",
  ".mp3": "audio/mpeg",
  ".mp4": "video/mp4",
  ".wav": "audio/wav",
};

/** Bytes of the beginning: enough for Chrome to play something, and too few to play it through. */
const HELD_FROM = 256 * 1024;

/**
 * Serves an empty page at `/` and the files of a folder, in ranges unless the query is `?whole`, as upstream's file server does. Of
 * `?held` only a beginning comes, until `/release` is asked for.
 */
export class MediaServer {
  readonly #server: Server;
  readonly #held: Array<() => void> = [];
  /** Paths of files that were asked for, one for each request. */
  readonly requests: string[] = [];

  private constructor(folder: string) {
    this.#server = createServer((request, response) => {
      const { pathname, search } = new URL(request.url ?? "/", "http://localhost");
      if (pathname === "/") {
        response
          .setHeader("content-type", "text/html")
          .end("<!doctype html><meta charset=utf-8><body></body>");
        return;
      }
      if (pathname === "/release") {
        for (const release of this.#held.splice(0)) release();
        response.writeHead(204).end();
        return;
      }
      this.requests.push(pathname);
      let bytes: Buffer;
      try {
        bytes = readFileSync(path.join(folder, path.basename(pathname)));
      } catch {
        response.writeHead(404).end();
        return;
      }
      const type = TYPES[path.extname(pathname)] ?? "application/octet-stream";
      const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
      if (first === undefined || search === "?whole") {
        response.writeHead(200, { "content-type": type, "content-length": bytes.length }).end(bytes);
        return;
      }
      const end = last ? Number(last) : bytes.length - 1;
      response.writeHead(206, {
        "accept-ranges": "bytes",
        "content-length": end - Number(first) + 1,
        "content-range": `bytes ${first}-${end}/${bytes.length}`,
        "content-type": type,
      });
      const body = bytes.subarray(Number(first), end + 1);
      if (search !== "?held") {
        response.end(body);
        return;
      }
      response.write(body.subarray(0, HELD_FROM));
      this.#held.push(() => response.end(body.subarray(HELD_FROM)));
    });
  }

  static async listen(folder: string): Promise<MediaServer> {
    const server = new MediaServer(folder);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
