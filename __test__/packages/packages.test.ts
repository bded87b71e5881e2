/** What is in the packages, and what npm makes of them with a binary and without one. No browser is needed. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { binaryTarget } from "../../dist/ts/native/binary-target.js";
import { FrameFolder } from "../support/frames.ts";
import { install } from "../support/npm.ts";
import { type Packed, packed } from "../support/packed.ts";
import { root } from "../support/paths.ts";

const MIB = 1024 ** 2;
/** Oldest glibc that a Linux of today has to have: that of RHEL 9 and Ubuntu 22.04 is 2.34 or newer. */
const GLIBC_FLOOR = [2, 34] as const;

const run = promisify(execFile);
// Node finds modules by their real paths.
const scratch = realpathSync(new FrameFolder({ after }).path);
const { name: target, libc } = binaryTarget();
const binary = `hyperframes-native.${target}.node`;
let tarballs: Packed;

before(async () => {
  tarballs = await packed();
});

async function filesOf(tarball: string): Promise<string[]> {
  // By its own name: to some tars `C:\...` is a file on a machine called C.
  const { stdout } = await run("tar", ["-tzf", path.basename(tarball)], { cwd: path.dirname(tarball) });
  return stdout
    .split(/\r?\n/)
    .filter(Boolean)
    .map((file) => file.replace(/^package\//, ""));
}

async function project(name: string, ...packages: string[]): Promise<string> {
  const folder = path.join(scratch, name);
  mkdirSync(folder);
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "project", private: true }));
  await install(folder, ...packages);
  return folder;
}

test("the root package holds the built sources, the loader, the licences, and nothing else", async () => {
  const files = await filesOf(tarballs.main);
  const built = files.filter((file) => file.startsWith("dist/"));
  const others = files.filter((file) => !file.startsWith("dist/")).sort();
  const texts = ["LICENSE", "README.md", "THIRD-PARTY-LICENSES.md"];
  assert.deepEqual(others, [...texts, "index.d.ts", "index.js", "package.json"]);
  const sources = globSync("{ts,tools/{cli,bench,vendor}}/**/*.ts", { cwd: root }).map((file) =>
    file.replaceAll(path.sep, "/").replace(/\.ts$/, ""),
  );
  const expected = sources.flatMap((file) => [".js", ".d.ts"].map((end) => `dist/${file}${end}`));
  const page = ["dist/tools/vendor/uPlot.iife.min.js", "dist/tools/vendor/uPlot.min.css"];
  assert.deepEqual(built.sort(), [...expected, ...page].sort());
  assert.ok(statSync(tarballs.main).size < MIB, `${statSync(tarballs.main).size} bytes`);
});

test("the platform's package holds the binary and the licences of what is linked into it; it is small", async (t) => {
  assert.equal(tarballs.binaries.length, 1);
  const [tarball = ""] = tarballs.binaries;
  const texts = ["LICENSE", "README.md", "THIRD-PARTY-LICENSES.md"];
  assert.deepEqual((await filesOf(tarball)).sort(), [...texts, binary, "package.json"].sort());
  const [packedBytes, bytes] = [statSync(tarball).size, statSync(path.join(root, binary)).size];
  t.diagnostic(`${binary}: ${bytes} bytes, ${packedBytes} packed`);
  assert.ok(bytes < 2 * MIB, `${bytes} bytes`);
  assert.ok(packedBytes < MIB, `${packedBytes} bytes`);
});

test("the binary needs no newer glibc than 2.34", { skip: libc !== "glibc" }, async (t) => {
  // binutils comes with the compiler that the binary was linked by.
  const { stdout } = await run("readelf", ["--version-info", "--wide", path.join(root, binary)]);
  const needed = Array.from(stdout.matchAll(/Name: GLIBC_(\d+)\.(\d+)/g), ([, major, minor]) => [
    Number(major),
    Number(minor),
  ]);
  assert.ok(needed.length > 0);
  const newest = Math.max(...needed.map(([major = 0, minor = 0]) => major * 1000 + minor));
  t.diagnostic(`needs glibc ${Math.floor(newest / 1000)}.${newest % 1000}`);
  assert.ok(newest <= GLIBC_FLOOR[0] * 1000 + GLIBC_FLOOR[1]);
});

test("installed together they work, imported and required", async () => {
  const folder = await project("whole", tarballs.main, ...tarballs.binaries);
  const script =
    'import { createRequire } from "node:module"; import { FrameCache } from "hyperframes-native"; import { writeFileSync } from "node:fs";' +
    'writeFileSync("frame.png", "no picture"); const uri = await new FrameCache().get("frame.png");' +
    'console.log(uri, createRequire(import.meta.url)("hyperframes-native").FrameCache === FrameCache);';
  writeFileSync(path.join(folder, "script.mjs"), script);
  const { stdout } = await run(process.execPath, ["script.mjs"], { cwd: folder });
  assert.equal(stdout.trim(), `data:image/png;base64,${Buffer.from("no picture").toString("base64")} true`);
});

/** A copy of the root package that names a version of the platforms' packages which is never published. */
async function withPackagesNotToBeHad(): Promise<string> {
  const folder = path.join(scratch, "not-to-be-had");
  mkdirSync(folder);
  copyFileSync(tarballs.main, path.join(folder, "main.tgz"));
  await run("tar", ["-xzf", "main.tgz"], { cwd: folder });
  const file = path.join(folder, "package", "package.json");
  const manifest = JSON.parse(readFileSync(file, "utf8"));
  const names = Object.keys(manifest.optionalDependencies);
  assert.ok(names.includes(`@hyperframes-native/binding-${target}`));
  manifest.optionalDependencies = Object.fromEntries(names.map((name) => [name, "0.0.0-never"]));
  writeFileSync(file, JSON.stringify(manifest));
  await run("tar", ["-czf", "copy.tgz", "package"], { cwd: folder });
  return path.join(folder, "copy.tgz");
}

for (const [how, packages] of [
  // npm looks for the platform's package in the registry, does not find it, and goes on: it is optional.
  ["whose package is not to be had", async () => [await withPackagesNotToBeHad()]],
  ["left out by --omit=optional", async () => ["--omit=optional", tarballs.main]],
] as const) {
  test(`a binary ${how}: the install succeeds, register warns once, an import says what to do`, async () => {
    const folder = await project(how.replace(/\W+/g, "-"), ...(await packages()));
    assert.ok(!existsSync(path.join(folder, "node_modules", "@hyperframes-native")));
    const script =
      "console.log('ran'); await import('hyperframes-native').catch(({ code, advice }) => console.log(code, advice));";
    writeFileSync(path.join(folder, "script.mjs"), script);
    const { stdout, stderr } = await run(
      process.execPath,
      ["--import", "hyperframes-native/register", "script.mjs"],
      { cwd: folder },
    );
    assert.match(stdout, /^ran\r?\nBINDING_MISSING .*npm install --include=optional/);
    assert.equal(stderr.match(/HyperframesNativeWarning/g)?.length, 1, stderr);
    assert.match(stderr, /\[BINDING_MISSING\].*HyperFrames runs unchanged/);
  });
}
