/** `hyperframes-native run`: the command ends as if it had been started by itself, with the drop-in in it. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { FrameFolder } from "../support/frames.ts";

const program = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) {
  const child = spawn(process.execPath, [program, ...args], {
    ...options,
    timeout: 20_000,
    killSignal: "SIGKILL",
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (data) => (stdout += data));
  child.stderr.on("data", (data) => (stderr += data));
  const ended = new Promise<Outcome>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, ended };
}

/** A program of the folder's project, as npm would install it. */
function writeProgram(folder: FrameFolder, name: string, source: string): void {
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

test("the exit code is the command's; a command that is not there is told, with the shells' own code", async () => {
  assert.equal((await start(["run", "--", process.execPath, "-e", "process.exit(7)"]).ended).code, 7);
  const missing = await start(["run", "--", "no-such-command-here"]).ended;
  assert.equal(missing.code, 127);
  assert.match(missing.stderr, /no-such-command-here cannot be started: there is no such command/);
  const none = await start(["run"]).ended;
  assert.equal(none.code, 1);
  assert.match(none.stderr, /missing required argument/);
});

/** Waits for a line on the standard output of a process. */
function line(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.stdout?.once("data", () => resolve()));
}

test("a signal goes to the command, which may have its own way with it", async () => {
  const polite = `process.on("SIGTERM", () => process.exit(42)); setInterval(() => {}, 1000); console.log("ready");`;
  const one = start(["run", "--", process.execPath, "-e", polite]);
  await line(one.child);
  one.child.kill("SIGTERM");
  assert.equal((await one.ended).code, 42);

  const plain = `setInterval(() => {}, 1000); console.log("ready");`;
  const other = start(["run", "--", process.execPath, "-e", plain]);
  await line(other.child);
  other.child.kill("SIGINT");
  assert.equal((await other.ended).signal, "SIGINT");
});
