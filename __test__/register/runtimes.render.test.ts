// Other runtimes than the Node of the repository: Node 24, the newest Node, and Bun.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import { promisify } from "node:util";
import type { ProcessReportJson } from "hyperframes-native";
import { oneVideo } from "../support/composition.ts";
import { FrameFolder, jpegLike } from "../support/frames.ts";
import { UNKNOWN, UPSTREAM, writeHost, writeScript } from "../support/host.ts";
import { makeVideo } from "../support/media.ts";
import { mainProgram, root } from "../support/paths.ts";
import { RenderPairs } from "../support/render-pairs.ts";
import { hasRuntime, installRuntime, type Runtime } from "../support/runtimes.ts";

/** Beside the repository's own, 22. */
const NODES = ["24.21.0", "26.10.0"] as const;
const BUN = "1.4.5";

const run = promisify(execFile);
const pairs = new RenderPairs({ after });
const skip = hasRuntime("node") ? false : "no package with other runtimes is known for this machine";

before(async () => {
  const size = { width: 320, height: 180 } as const;
  const src = await makeVideo({ ...size, kind: "noise", fps: 30, seconds: 1, seed: 91 });
  pairs.write("one video", oneVideo(src, size, 0.3));
});

describe("Node", () => {
  for (const version of NODES) {
    it(`${version}: a render with the drop-in shows the same pictures`, { skip }, async () => {
      const { program } = await installRuntime("node", version);
      const variant = { capture: "beginframe", frameFormat: "jpg", workers: 1, node: program } as const;
      const { stats } = await pairs.assertSame("one video", variant, "file");
      assert.deepEqual(
        stats?.swapped.map(({ package: name }) => name),
        ["@hyperframes/producer"],
      );
    });
  }
});

// A whole render under Bun is the example cloud-run, in examples.test.ts.
describe(`Bun ${BUN}`, { skip }, () => {
  let bun: Runtime;

  before(async () => {
    bun = await installRuntime("bun", BUN);
  });

  /** A folder that has this package as an installed one, and a host package. */
  function project(
    t: TestContext,
    definition = UPSTREAM,
    name?: string,
  ): { folder: FrameFolder; script: string } {
    const folder = new FrameFolder(t);
    writeHost(folder, definition, name);
    symlinkSync(root, path.join(folder.path, "node_modules", "hyperframes-native"), "dir");
    return { folder, script: writeScript(folder, name) };
  }

  async function preload(folder: FrameFolder, script: string, env: Record<string, string> = {}) {
    const args = ["--preload", "hyperframes-native/bun", script];
    const options = { cwd: folder.path, env: { ...process.env, ...env }, timeout: 20_000 };
    const { stdout, stderr } = await run(bun.program, args, options);
    return { ...JSON.parse(stdout), stderr };
  }

  it("swaps, renders natively and says so", async (t) => {
    const { folder, script } = project(t);
    const stats = path.join(folder.path, "stats.json");
    const { page, native, stderr } = await preload(folder, script, { HYPERFRAMES_NATIVE_STATS: stats });
    assert.equal(native, "function");
    assert.equal(page[0][0].dataUri, `data:image/jpeg;base64,${jpegLike(64).toString("base64")}`);
    assert.match(stderr, /^hyperframes-native is on: 1 video frame, inline\.\n$/);
    const report = JSON.parse(readFileSync(stats, "utf8")) as ProcessReportJson;
    assert.deepEqual([report.mode, report.frames, report.fallbacks], ["native", 1, []]);
    assert.deepEqual(
      report.swapped.map(({ package: name, version }) => [name, version]),
      [["@hyperframes/engine", "9.9.9"]],
    );
  });

  it("HYPERFRAMES_NATIVE=off: upstream's own function", async (t) => {
    const { folder, script } = project(t);
    const { page, stderr } = await preload(folder, script, { HYPERFRAMES_NATIVE: "off" });
    assert.deepEqual([page, stderr], [["upstream"], ""]);
  });

  it("an unknown shape stays as it is, with one warning", async (t) => {
    const { folder, script } = project(t, UNKNOWN);
    const { page, stderr } = await preload(folder, script);
    assert.deepEqual(page, ["upstream"]);
    assert.equal(stderr.match(/stays as it is: .*shape that is not known/g)?.length, 1, stderr);
  });

  it("other modules are Bun's own affair, CommonJS among them", async (t) => {
    const { folder, script } = project(t, UPSTREAM, "somebody-else");
    const commonjs = path.join(folder.path, "node_modules", "old");
    mkdirSync(path.join(commonjs, "dist"), { recursive: true });
    writeFileSync(path.join(commonjs, "package.json"), '{ "name": "old", "main": "dist/index.js" }');
    writeFileSync(path.join(commonjs, "dist", "index.js"), "exports.filename = __filename;");
    writeFileSync(
      script,
      `import { filename } from "old";\nif (!filename) throw 1;\n${readFileSync(script, "utf8")}`,
    );
    assert.deepEqual((await preload(folder, script)).page, ["upstream"]);
  });

  it("hyperframes-native run puts it into every Bun that the command starts", async (t) => {
    const { folder, script } = project(t);
    const args = [mainProgram, "run", "--", bun.program, script];
    const { stdout } = await run(process.execPath, args, { cwd: folder.path, timeout: 20_000 });
    assert.equal(JSON.parse(stdout).native, "function");
  });
});
