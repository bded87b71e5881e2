/** The esbuild plugin on small bundles: what it swaps, what it says, and where the binary goes. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import * as esbuild from "esbuild";
import type { ProcessReportJson } from "hyperframes-native";
import { type BundlePluginOptions, hyperframesNative } from "hyperframes-native/esbuild";
import { binaryTarget } from "../../dist/ts/native/binary-target.js";
import { FrameFolder, jpegLike } from "../support/frames.ts";
import { UNKNOWN, UPSTREAM, writeHost, writeScript } from "../support/host.ts";

// Compile-time: it is a plugin as esbuild types it.
export const plugin: esbuild.Plugin = hyperframesNative();

const run = promisify(execFile);
const BINARY = `hyperframes-native.${binaryTarget().name}.node`;

/** A folder with a host package and a script on it. */
function project(t: TestContext, definition = UPSTREAM): FrameFolder {
  const folder = new FrameFolder(t);
  writeHost(folder, definition);
  writeScript(folder);
  return folder;
}

function bundle(
  folder: FrameFolder,
  options: BundlePluginOptions = {},
  further: esbuild.BuildOptions = {},
): Promise<esbuild.BuildResult> {
  return esbuild.build({
    entryPoints: [join(folder.path, "script.mjs")],
    outfile: join(folder.path, "out/handler.mjs"),
    absWorkingDir: folder.path,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "silent",
    plugins: [hyperframesNative(options)],
    ...further,
  });
}

/** Runs the bundle in a plain Node, away from everything it was made of. */
async function runBundle(folder: FrameFolder, env: Record<string, string> = {}) {
  const file = join(folder.path, "out/handler.mjs");
  const { stdout, stderr } = await run(process.execPath, [file], { env: { ...process.env, ...env } });
  return { ...JSON.parse(stdout), stderr };
}

const SWAPPED = {
  package: "@hyperframes/engine",
  version: "9.9.9",
  file: "@hyperframes/engine/dist/videoFrameInjector.js",
};

test("a bundle renders natively, with the binary beside it, and its statistics say so", async (t) => {
  const folder = project(t);
  const { warnings } = await bundle(folder);
  assert.deepEqual(warnings, []);
  assert.ok(existsSync(join(folder.path, "out", BINARY)));
  const stats = join(folder.path, "stats.json");
  const { page, native } = await runBundle(folder, { HYPERFRAMES_NATIVE_STATS: stats });
  assert.equal(native, "function");
  assert.equal(page[0][0].dataUri, `data:image/jpeg;base64,${jpegLike(64).toString("base64")}`);
  const report = JSON.parse(readFileSync(stats, "utf8")) as ProcessReportJson;
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));
  assert.deepEqual(
    [report.mode, report.frames, report.fallbacks, report.version],
    ["native", 1, [], version],
  );
  assert.deepEqual(report.swapped, [SWAPPED]);
});

test("minified: the same", async (t) => {
  const folder = project(t);
  await bundle(folder, {}, { minify: true });
  const { native } = await runBundle(folder);
  assert.equal(native, "function");
});

test("lines of the swapped module keep their numbers in the source map", async (t) => {
  const folder = project(t, UPSTREAM.replace("page.push", "nothing.to.be.found; page.push"));
  await bundle(folder, {}, { sourcemap: true });
  const file = join(folder.path, "out/handler.mjs");
  const options = { env: { ...process.env, HYPERFRAMES_NATIVE: "off" } };
  const failure = await run(process.execPath, ["--enable-source-maps", file], options).then(
    () => assert.fail("it throws"),
    (error: { stderr: string }) => error.stderr,
  );
  // Two lines of page functions come before it.
  assert.match(failure, /videoFrameInjector\.js:6:/);
});

test("HYPERFRAMES_NATIVE=off holds in a bundle", async (t) => {
  const folder = project(t);
  await bundle(folder);
  const { page, stderr } = await runBundle(folder, { HYPERFRAMES_NATIVE: "off" });
  assert.deepEqual([page, stderr], [["upstream"], ""]);
});

test("a bundle that has lost its binary runs unchanged, with one warning", async (t) => {
  const folder = project(t);
  await bundle(folder);
  rmSync(join(folder.path, "out", BINARY));
  const { page, stderr } = await runBundle(folder);
  assert.deepEqual(page, ["upstream"]);
  assert.equal(stderr.match(/HyperframesNativeWarning/g)?.length, 1);
  assert.match(stderr, /BINDING_MISSING/);
});

test("external: the package stays out and is found where the bundle runs", async (t) => {
  const folder = project(t);
  await bundle(folder, { external: true });
  assert.ok(!existsSync(join(folder.path, "out", BINARY)));
  symlinkSync(
    join(import.meta.dirname, "../.."),
    join(folder.path, "node_modules/hyperframes-native"),
    "dir",
  );
  const stats = join(folder.path, "stats.json");
  const { native } = await runBundle(folder, { HYPERFRAMES_NATIVE_STATS: stats });
  assert.equal(native, "function");
  assert.deepEqual((JSON.parse(readFileSync(stats, "utf8")) as ProcessReportJson).swapped, [SWAPPED]);
});

test("a binary that a process may have loaded is left alone, or replaced by name, never written over", async (t) => {
  const folder = project(t);
  await bundle(folder);
  const file = join(folder.path, "out", BINARY);
  const bytes = readFileSync(file);
  const { ino, mtimeMs } = statSync(file);
  await bundle(folder);
  assert.deepEqual([statSync(file).ino, statSync(file).mtimeMs], [ino, mtimeMs]);

  // Of another version, and in use.
  writeFileSync(file, Buffer.alloc(bytes.length, 1));
  const loaded = openSync(file, "r");
  t.after(() => closeSync(loaded));
  await bundle(folder);
  assert.ok(readFileSync(file).equals(bytes));
  const first = Buffer.alloc(1);
  readSync(loaded, first, 0, 1, 0);
  assert.equal(first[0], 1, "the file in use keeps its bytes");
  assert.deepEqual(readdirSync(join(folder.path, "out")).sort(), ["handler.mjs", BINARY]);
});

test("write: false: the binary is among the output files", async (t) => {
  const folder = project(t);
  const { outputFiles = [] } = await bundle(folder, {}, { write: false });
  const binary = outputFiles.find(({ path }) => path === join(folder.path, "out", BINARY));
  assert.ok((binary?.contents.length ?? 0) > 100_000);
  assert.ok(!existsSync(join(folder.path, "out")));
});

test("entries in folders of their own: the binary beside each", async (t) => {
  const folder = project(t);
  const inner = join(folder.path, "inner");
  mkdirSync(inner);
  writeFileSync(join(inner, "second.mjs"), 'import "../script.mjs";');
  const entryPoints = [join(folder.path, "script.mjs"), join(inner, "second.mjs")];
  await bundle(folder, {}, { entryPoints, outfile: undefined, outdir: join(folder.path, "out") } as never);
  for (const place of ["out", "out/inner"]) assert.ok(existsSync(join(folder.path, place, BINARY)), place);
});

test("an unknown shape stays as it is, with a warning of the build", async (t) => {
  const folder = project(t, UNKNOWN);
  const { warnings } = await bundle(folder);
  const texts = warnings.map(({ text }) => text);
  assert.equal(texts.length, 2, texts.join("\n"));
  assert.match(texts.join("\n"), /@hyperframes\/engine 9\.9\.9 stays as it is: .*shape that is not known/);
  assert.match(texts.join("\n"), /No createVideoFrameInjector .* was swapped/);
  assert.ok(!existsSync(join(folder.path, "out", BINARY)));
  assert.deepEqual((await runBundle(folder)).page, ["upstream"]);
});

test("HyperFrames left out of the bundle: the build says what to do instead", async (t) => {
  const folder = project(t);
  const { warnings } = await bundle(folder, {}, { packages: "external" });
  assert.match(warnings[0]?.text ?? "", /--import hyperframes-native\/register/);
});

test("what cannot work is an error of the build", async (t) => {
  const folder = project(t);
  await assert.rejects(bundle(folder, {}, { format: "cjs" }), /needs format: "esm"; it is cjs/);
  await assert.rejects(
    bundle(folder, { platforms: ["linux-riscv64-gnu"] }),
    /no native binary for linux-riscv64-gnu: @hyperframes-native\/binding-linux-riscv64-gnu is not installed/,
  );
});
