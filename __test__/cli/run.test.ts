/** `hyperframes-native run`: the command ends as if it had been started by itself, with the drop-in in it. */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { FrameFolder } from "../support/frames.ts";
import { type ProcessOptions, startNode, WAYS_TO_RUN } from "../support/node-process.ts";
import { mainProgram } from "../support/paths.ts";
import { withoutProc } from "../support/process-state.ts";

interface StartOptions extends ProcessOptions {
  /** Arguments of the Node that `run` runs on. */
  readonly nodeArgs?: readonly string[];
}

function start(args: readonly string[], { nodeArgs = [], ...options }: StartOptions = {}) {
  return startNode([...nodeArgs, mainProgram, ...args], options);
}

/** A program of the folder's project, as npm would install it. */
function writeProgram(folder: { readonly path: string }, name: string, source: string): void {
  const bin = join(folder.path, "node_modules", ".bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, name), `#!/usr/bin/env node\n${source}\n`);
  chmodSync(join(bin, name), 0o755);
}

const SWAP = 'typeof globalThis[Symbol.for("hyperframes-native.createVideoFrameInjector")]';

test("the project's program runs with the drop-in, its arguments and the user's own NODE_OPTIONS", async (t) => {
  const folder = new FrameFolder(t);
  writeProgram(
    folder,
    "renderer",
    `console.log(JSON.stringify([process.argv.slice(2), ${SWAP}, process.title]));`,
  );
  for (const args of [
    ["run", "--", "renderer", "render", "--workers", "2", "a b"],
    ["run", "renderer", "render", "--workers", "2", "a b"],
  ]) {
    const { ended } = start(args, {
      cwd: folder.path,
      env: { ...process.env, NODE_OPTIONS: "--title=mine" },
    });
    const { code, stdout, stderr } = await ended;
    assert.deepEqual([code, stderr], [0, ""]);
    assert.deepEqual(JSON.parse(stdout), [["render", "--workers", "2", "a b"], "function", "mine"]);
  }
});

test("processes that the command starts have the drop-in too", async () => {
  const inner = `require("child_process").execFileSync(process.execPath, ["-p", ${JSON.stringify(SWAP)}])`;
  const { ended } = start(["run", "--", process.execPath, "-e", `console.log(String(${inner}))`]);
  assert.equal((await ended).stdout.trim(), "function");
});

/** Waits for a line on the standard output of a process. */
function line(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.stdout?.once("data", () => resolve()));
}

for (const { name, nodeArgs } of WAYS_TO_RUN) {
  test(`${name}: it ends with its exit code, or by its signal`, async () => {
    const source = (way: string) => ["run", "--", process.execPath, "-e", way];
    const outcome = async (way: string) => start(source(way), { nodeArgs }).ended;
    assert.deepEqual(await outcome("process.exit(7)"), { code: 7, signal: null, stdout: "", stderr: "" });
    const killed = await outcome('process.kill(process.pid, "SIGKILL")');
    assert.deepEqual([killed.code, killed.signal], [null, "SIGKILL"]);
  });

  test(`${name}: it gets signals, and may have its own way with them`, async () => {
    for (const signal of ["SIGTERM", "SIGHUP", "SIGINT", "SIGUSR2"] as const) {
      const polite = `process.on("${signal}", () => process.exit(42)); setInterval(() => {}, 1000); console.log("ready");`;
      const one = start(["run", "--", process.execPath, "-e", polite], { nodeArgs, detached: true });
      await line(one.child);
      one.child.kill(signal);
      assert.equal((await one.ended).code, 42, signal);
      const plain = `setInterval(() => {}, 1000); console.log("ready");`;
      const other = start(["run", "--", process.execPath, "-e", plain], { nodeArgs, detached: true });
      await line(other.child);
      other.child.kill(signal);
      assert.equal((await other.ended).signal, signal);
    }
  });

  test(`${name}: what cannot be started is told, with the shells' own codes`, async (t) => {
    const folder = new FrameFolder(t);
    const cwd = folder.path;
    chmodSync(folder.write("no-interpreter", Buffer.from("#!/no/such/interpreter\n")), 0o755);
    const interpreter = await start(["run", "--", "./no-interpreter"], { cwd, nodeArgs }).ended;
    assert.equal(interpreter.code, 127);
    assert.match(interpreter.stderr, /no-interpreter/);
    // A script without a first line of that kind is the shell's.
    chmodSync(folder.write("plain", Buffer.from('echo "plain $1"; exit 3\n')), 0o755);
    const plain = await start(["run", "--", "./plain", "a  b"], { cwd, nodeArgs }).ended;
    assert.deepEqual(plain, { code: 3, signal: null, stdout: "plain a  b\n", stderr: "" });
  });
}

test("a command has no signals ignored that it would not have alone", { skip: withoutProc }, async () => {
  const { ended } = start(["run", "--", "grep", "^Sig[BI]", "/proc/self/status"]);
  assert.match((await ended).stdout, /^SigBlk:\t0+\nSigIgn:\t0+\n$/);
});

test("names that env would take for an option or a variable", async (t) => {
  const folder = new FrameFolder(t);
  for (const name of ["-a", "a=b"]) {
    writeProgram(folder, name, "console.log(process.argv[2])");
    const { code, stdout } = await start(["run", "--", name, "c=d"], { cwd: folder.path }).ended;
    assert.deepEqual([code, stdout], [0, "c=d\n"], name);
  }
});

test("commands of a workspace are found from its packages, the nearest first", async (t) => {
  const folder = new FrameFolder(t);
  const cwd = join(folder.path, "packages", "mein Übung");
  mkdirSync(cwd, { recursive: true });
  writeProgram(folder, "renderer", 'console.log("top")');
  assert.equal((await start(["run", "--", "renderer"], { cwd }).ended).stdout, "top\n");
  writeProgram({ path: cwd }, "renderer", 'console.log("near")');
  assert.equal((await start(["run", "--", "renderer"], { cwd }).ended).stdout, "near\n");
});

test("a command that is not there: what to type instead", async (t) => {
  const folder = new FrameFolder(t);
  const cwd = folder.path;
  const PATH = "/usr/bin:/bin";
  const told = async (...command: string[]) => {
    const { code, stdout, stderr } = await start(["run", "--", ...command], {
      cwd,
      env: { ...process.env, PATH },
    }).ended;
    assert.equal(stdout, "");
    assert.ok(stderr.startsWith("hyperframes-native: "), stderr);
    return { code, lines: stderr.trimEnd().split("\n").slice(1), about: stderr.split("\n", 1)[0] };
  };
  const npx = "It is installed neither in this folder nor for all of them; npx fetches it.";
  const run = "Type:  npx hyperframes-native run --";
  assert.deepEqual(await told("hyperframes", "render", "-o", "a b.mp4"), {
    code: 127,
    about: "hyperframes-native: there is no command hyperframes.",
    lines: [npx, `${run} npx hyperframes render -o 'a b.mp4'`],
  });
  const scripts = { render: "npx --yes hyperframes@0.8.170 render", "check it": "echo" };
  folder.write("package.json", Buffer.from(JSON.stringify({ scripts })));
  // The version that the project's own scripts fetch.
  assert.deepEqual((await told("hyperframes", "render")).lines, [
    npx,
    `${run} npx --yes hyperframes@0.8.170 render`,
  ]);
  assert.deepEqual((await told("render", "--fps", "24")).lines, [`${run} npm run render -- --fps 24`]);
  assert.deepEqual((await told("check it")).lines, [`${run} npm run 'check it'`]);
  assert.deepEqual((await told("hyperfarmes", "render")).lines, [`${run} hyperframes render`]);
  assert.deepEqual((await told("rendr")).lines, [`${run} npm run render`]);
  assert.match((await told("quite-another")).lines.join("\n"), /run -- npx quite-another$/);
  writeProgram(folder, "colours", "");
  assert.deepEqual((await told("colors", "x")).lines, [`${run} colours x`]);
  // Files.
  folder.write("render.mjs", Buffer.from(""));
  folder.write("program", Buffer.from(""));
  mkdirSync(join(cwd, "folder"));
  assert.deepEqual(await told("./render.mjs", "x"), {
    code: 126,
    about: "hyperframes-native: ./render.mjs is a file that this user must not run as a program.",
    lines: [`${run} node ./render.mjs x`],
  });
  assert.deepEqual((await told("./program")).lines, ["Type:  chmod +x ./program"]);
  assert.deepEqual((await told("./rendr.mjs", "x")).lines, [`${run} ./render.mjs x`]);
  assert.deepEqual((await told("./nothing/like/it")).lines, []);
  const directory = await told("./folder");
  assert.deepEqual([directory.code, directory.lines], [126, []]);
  assert.match(directory.about ?? "", /folder is a folder/);
  assert.deepEqual((await told("")).code, 127);
});
