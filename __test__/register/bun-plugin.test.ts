/** Which files the plugin for Bun takes: what it takes is handed back as an ES module. That Bun does so is in `register/runtimes.render.test.ts`. */
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { installBunPlugin } from "../../dist/ts/register/load-hook.js";
import { FrameFolder } from "../support/frames.ts";

/** The filter of a plugin that is installed in a process of this working directory. */
function hostFiles(t: TestContext, cwd = "/"): RegExp {
  t.mock.method(process, "cwd", () => cwd);
  let found: RegExp | undefined;
  const build = {
    onLoad: ({ filter }: { filter: RegExp }) => {
      found = filter;
    },
  };
  const options = { onRecord: () => undefined };
  installBunPlugin({ plugin: ({ setup }) => setup(build) }, options);
  assert.ok(found);
  return found;
}

const TAKEN = [
  "/app/node_modules/@hyperframes/engine/dist/services/videoFrameInjector.js",
  "/app/node_modules/@hyperframes/producer/dist/index.js",
  "/app/node_modules/hyperframes/dist/chunk-abc.mjs",
  "/app/node_modules/.bun/@hyperframes+engine@0.8.33/node_modules/@hyperframes/engine/dist/index.js",
];
const LEFT = [
  "/home/me/monorepo/packages/cli/dist/index.js",
  "/home/me/hyperframes/dist/index.js",
  "/home/me/@hyperframes/engine/dist/index.js",
  "/app/node_modules/@hyperframes/engine/dist/node_modules/old/index.js",
  "/app/node_modules/hyperframes/dist/vendor/node_modules/old/lib/index.js",
  "/app/node_modules/hyperframes/dist/data.cjs",
  "/app/node_modules/not-hyperframes/dist/index.js",
  "/app/node_modules/@hyperframes/player/dist/index.js",
];

test("upstream's own code is taken where it is installed, and nobody else's", (t) => {
  const filter = hostFiles(t);
  const windows = (path: string) => `C:${path.replaceAll("/", "\\")}`;
  for (const path of TAKEN) for (const each of [path, windows(path)]) assert.match(each, filter);
  for (const path of LEFT) for (const each of [path, windows(path)]) assert.doesNotMatch(each, filter);
});

test("all code of the installed packages is taken", (t) => {
  const filter = hostFiles(t);
  for (const name of ["engine", "producer"]) {
    const dist = dirname(fileURLToPath(import.meta.resolve(`@hyperframes/${name}`)));
    const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((file) =>
      file.endsWith(".js"),
    );
    assert.ok(files.length > 0);
    for (const file of files) assert.match(join(dist, file), filter);
  }
});

/** A monorepo in a folder of any name, with packages of these names. */
function monorepo(t: TestContext, packages: Record<string, string>): string {
  const root = join(realpathSync(new FrameFolder(t).path), "a+b (1)");
  for (const [folder, name] of Object.entries(packages)) {
    mkdirSync(join(root, "packages", folder), { recursive: true });
    writeFileSync(join(root, "packages", folder, "package.json"), JSON.stringify({ name }));
  }
  return root;
}

test("a checkout of upstream that the process runs in is taken, whatever its folder is called", (t) => {
  const root = monorepo(t, {
    producer: "@hyperframes/producer",
    cli: "hyperframes",
    engine: "somebody-elses",
    "gcp-cloud-run": "@hyperframes/gcp-cloud-run",
  });
  const filter = hostFiles(t, join(root, "packages/gcp-cloud-run"));
  for (const name of ["producer", "cli"]) assert.match(join(root, "packages", name, "dist/a/b.js"), filter);
  for (const file of [
    "packages/engine/dist/index.js",
    "packages/gcp-cloud-run/dist/server.js",
    "packages/producer/dist/node_modules/old/index.js",
    "packages/producer/src/index.js",
  ])
    assert.doesNotMatch(join(root, file), filter);
});

test("a checkout elsewhere is taken where a package of it is linked to", (t) => {
  const root = monorepo(t, { engine: "@hyperframes/engine", producer: "@hyperframes/producer" });
  const project = realpathSync(new FrameFolder(t).path);
  mkdirSync(join(project, "node_modules/@hyperframes"), { recursive: true });
  symlinkSync(join(root, "packages/engine"), join(project, "node_modules/@hyperframes/engine"), "dir");
  const filter = hostFiles(t, project);
  assert.match(join(root, "packages/engine/dist/index.js"), filter);
  assert.doesNotMatch(join(root, "packages/producer/dist/index.js"), filter);
});
