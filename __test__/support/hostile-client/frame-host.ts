/** A process with a frame server and nothing else to do: `node frame-host.ts '<paths as JSON>'`. Sends the URLs, ends with its parent. */
import { FrameServer } from "../../../index.js";

const server = new FrameServer();
process.once("disconnect", () => {
  server.close(); // which also keeps it from being collected until then
  process.exit();
});
process.send?.(await server.register(JSON.parse(process.argv[2] ?? "[]")));
