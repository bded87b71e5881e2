import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { CleanUp } from "./clean-up.js";

/** Serves one page on a loopback address, as upstream does while it renders; everything else is not found. */
export async function serveProject(html: string, cleanUp: CleanUp): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url !== "/") {
      response.writeHead(404).end();
      return;
    }
    response
      .writeHead(200, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" })
      .end(html);
  });
  server.listen(0, "127.0.0.1");
  cleanUp.add(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
