/** The addon as it ships: frames by both ways, and none of the faults that tests ask for. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, test } from "node:test";
import { faultBuild, withFaults } from "../support/faults.ts";
import { FrameFolder, jpegLike } from "../support/frames.ts";
import { BINDING, runModule } from "../support/node-process.ts";

const ROOT = new URL("../../", import.meta.url);
const folder = new FrameFolder({ after });
const paths = [folder.write("frame.jpg", jpegLike(1000)), folder.write("frame.hf-panic", jpegLike(1000))];

test("it does not look at variables that ask for faults", async () => {
  const { NAPI_RS_NATIVE_LIBRARY_PATH: _, ...asked } = withFaults({
    panic: "FrameCache.get",
    server: "bind",
  });
  const source = `
    import { FrameCache, FrameServer } from ${JSON.stringify(BINDING)};
    const paths = ${JSON.stringify(paths)};
    const uris = await Promise.all(paths.map((path) => new FrameCache().get(path)));
    const server = new FrameServer();
    const bodies = await Promise.all((await server.register(paths)).map(async (url) => (await fetch(url)).arrayBuffer()));
    console.log(uris.map((uri) => uri.length).join(), bodies.map((body) => body.byteLength).join());
    server.close();
  `;
  const ended = await runModule(source, 20_000, { env: asked });
  assert.deepEqual([ended.code, ended.stdout, ended.stderr], [0, "1359,1359 1000,1000\n", ""]);
});

test("neither the variables nor the points are in it", () => {
  const shipped = readdirSync(ROOT).filter((name) =>
    name.startsWith(`hyperframes-native.${process.platform}-${process.arch}`),
  );
  assert.ok(shipped.length > 0);
  const words = ["HYPERFRAMES_NATIVE_FAULT", "FrameCache.get settles", "injected by"];
  const found = (file: string | URL) => {
    const bytes = readFileSync(file);
    return words.filter((word) => bytes.includes(word));
  };
  for (const name of shipped) assert.deepEqual(found(new URL(name, ROOT)), [], name);
  // They would be found.
  assert.deepEqual(found(faultBuild()), words);
});
