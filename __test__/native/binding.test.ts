/** What an import of the package says where the binary is missing, does not load, or was never made. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { binaryTarget, PUBLISHED_TARGETS } from "../../dist/ts/native/binary-target.js";
import { FrameFolder } from "../support/frames.ts";
import { root } from "../support/paths.ts";

/** This package as a platform without a binary has it, in a project of its own. */
function projectWithout(t: TestContext): { project: string; copy: string } {
  const project = new FrameFolder(t).path;
  const copy = join(project, "node_modules", "hyperframes-native");
  mkdirSync(copy, { recursive: true });
  for (const part of ["dist", "index.js", "package.json"])
    cpSync(join(root, part), join(copy, part), { recursive: true });
  return { project, copy };
}

/** What `load` throws in a process of its own. */
async function failureOf(project: string, load: string, before = ""): Promise<Record<string, string>> {
  const script =
    `import { createRequire } from "node:module"; const require = createRequire(${JSON.stringify(join(project, "x.mjs"))}); ${before};` +
    `try { ${load}; console.log("{}") } catch ({ name, code, message, advice, stack, path }) ` +
    `{ console.log(JSON.stringify({ name, code, message, advice, path })) }`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
    cwd: project,
  });
  return JSON.parse(stdout);
}

const { name } = binaryTarget();

for (const load of ['await import("hyperframes-native")', 'require("hyperframes-native")']) {
  test(`${load} without a binary: BINDING_MISSING, the platform, the package, what to do`, async (t) => {
    const { project } = projectWithout(t);
    const failure = await failureOf(project, load);
    assert.deepEqual([failure.name, failure.code], ["HyperframesNativeError", "BINDING_MISSING"]);
    for (const word of [process.platform, process.arch, `@hyperframes-native/binding-${name}`]) {
      assert.ok(failure.message?.includes(word), failure.message);
    }
    assert.match(failure.advice ?? "", /npm install --include=optional.*HYPERFRAMES_NATIVE=off/);
  });
}

test("a binary that does not load: BINDING_BROKEN, its path and the system's reason", async (t) => {
  const { project, copy } = projectWithout(t);
  const file = join(copy, `hyperframes-native.${name}.node`);
  writeFileSync(file, "no library");
  const failure = await failureOf(project, 'await import("hyperframes-native")');
  assert.equal(failure.code, "BINDING_BROKEN");
  assert.ok(failure.path?.endsWith(`hyperframes-native.${name}.node`));
  assert.ok((failure.message?.length ?? 0) > 60, failure.message);
});

test("a platform that no binary is made for: the list of those that have one", async (t) => {
  const { project } = projectWithout(t);
  const elsewhere = 'Object.defineProperty(process, "platform", { value: "sunos" })';
  const failure = await failureOf(project, 'await import("hyperframes-native")', elsewhere);
  assert.equal(failure.code, "BINDING_MISSING");
  for (const target of PUBLISHED_TARGETS) assert.ok(failure.message?.includes(target));
  assert.match(failure.message ?? "", /sunos/);
});

test("with the binary both ways of loading work", async () => {
  for (const load of ['await import("hyperframes-native")', 'require("hyperframes-native")']) {
    assert.deepEqual(await failureOf(root, load), {});
  }
});

test("asking for the platform leaves the settings of the host's own reports as they were", () => {
  const report = process.report as { excludeNetwork?: boolean };
  const before = report.excludeNetwork;
  for (const wish of before === undefined ? [undefined] : [false, true, before]) {
    if (wish !== undefined) report.excludeNetwork = wish;
    binaryTarget();
    assert.equal(report.excludeNetwork, wish);
  }
});

test("every published target has its package, of the root's version, and the other way round", () => {
  assert.deepEqual(readdirSync(join(root, "npm")).sort(), [...PUBLISHED_TARGETS]);
  const read = (...path: string[]) => JSON.parse(readFileSync(join(root, ...path, "package.json"), "utf8"));
  const { version, license, engines, repository, napi } = read();
  assert.equal(napi.targets.length, PUBLISHED_TARGETS.length);
  assert.match(readFileSync(join(root, "Cargo.toml"), "utf8"), new RegExp(`^version = "${version}"$`, "m"));
  assert.match(readFileSync(join(root, "index.js"), "utf8"), new RegExp(`expected ${version} but`));
  for (const target of PUBLISHED_TARGETS) {
    const [os = "", cpu = "", abi] = target.split("-");
    const manifest = read("npm", target);
    const libc = os === "linux" ? [abi === "gnu" ? "glibc" : "musl"] : undefined;
    const file = `hyperframes-native.${target}.node`;
    assert.deepEqual(
      { ...manifest, description: undefined },
      {
        ...{
          name: `${napi.packageName}-${target}`,
          version,
          license,
          engines,
          repository,
          description: undefined,
        },
        ...{ os: [os], cpu: [cpu], main: file, files: [file, "THIRD-PARTY-LICENSES.md"] },
        ...(libc === undefined ? {} : { libc }),
      },
    );
  }
});
