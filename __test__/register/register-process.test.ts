/** The register hook in processes of its own: what it says, what it leaves alone, and that it never keeps one alive. */
import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { ProcessReportJson } from "hyperframes-native";
import { FrameFolder, jpegLike } from "../support/frames.ts";
import { UNKNOWN, UPSTREAM, writeHost, writeScript } from "../support/host.ts";
import { type Ended, startNode } from "../support/node-process.ts";
import { root } from "../support/paths.ts";
import { Terminal, withoutTerminal } from "../support/terminal.ts";

const register = fileURLToPath(import.meta.resolve("hyperframes-native/register"));

/** Runs a script of the folder with the register hook; it must end by itself within ten seconds. */
function run(
  script: string,
  env: Record<string, string> = {},
  imported = register,
  flags: string[] = [],
  args: string[] = [],
): Promise<Ended> {
  const all = [...flags, "--import", pathToFileURL(imported).href, script, ...args];
  return startNode(all, { env: { ...process.env, ...env }, deadline: 10_000 }).ended;
}

test("swapped: frames go the native way, the process ends by itself, the statistics say so", async (t) => {
  const folder = new FrameFolder(t);
  writeHost(folder, UPSTREAM);
  const stats = join(folder.path, "stats.json");
  const outcome = await run(writeScript(folder), { HYPERFRAMES_NATIVE_STATS: stats });
  assert.deepEqual([outcome.code, outcome.signal], [0, null]);
  // The summary of the render, and nothing else.
  assert.match(outcome.stderr, /^hyperframes-native is on: 1 video frame, inline\.\n$/);
  const { page, nothing, native } = JSON.parse(outcome.stdout);
  assert.equal(native, "function");
  assert.equal(nothing, null);
  assert.equal(page[0][0].dataUri, `data:image/jpeg;base64,${jpegLike(64).toString("base64")}`);
  const report = JSON.parse(readFileSync(stats, "utf8")) as ProcessReportJson;
  assert.equal(report.version, JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version);
  const { mode, hooks, frames, transport, fallbacks, untouched } = report;
  assert.deepEqual(
    { mode, hooks, frames, transport, fallbacks, untouched, calls: report.hook.calls },
    { mode: "native", hooks: 1, frames: 1, transport: "inline", fallbacks: [], untouched: [], calls: 1 },
  );
  assert.ok(report.hook.totalMs > 0 && report.hook.maxMs >= report.hook.p50Ms && report.hook.p50Ms > 0);
  assert.equal(report.bytes, page[0][0].dataUri.length);
  assert.deepEqual([report.cache[0]?.misses, report.cache[0]?.entries], [1, 1]);
  assert.deepEqual(
    report.swapped.map((swap) => [swap.package, swap.version]),
    [["@hyperframes/engine", "9.9.9"]],
  );
});

test("a package that puts frames into pages by a function of another name: told at the end of a process that rendered", async (t) => {
  const folder = new FrameFolder(t);
  const home = join(folder.path, "node_modules/hyperframes");
  const write = (definition: string) =>
    writeFileSync(join(home, "chunk.js"), `const mark = "__render_frame__";\n${definition}\n`);
  mkdirSync(home, { recursive: true });
  const manifest = { name: "hyperframes", version: "9.9.9", type: "module", exports: "./chunk.js" };
  writeFileSync(join(home, "package.json"), JSON.stringify(manifest));
  write(UPSTREAM.replaceAll("createVideoFrameInjector", "makeFrameHook"));
  const script = join(folder.path, "script.mjs");
  const start = (argument: string) => `
    import "hyperframes";
    import { spawn } from "node:child_process";
    spawn(process.execPath, ["--version", ${JSON.stringify(argument)}], { stdio: "ignore" });
    setTimeout(() => {}, 300);`;
  for (const [argument, told] of [
    ["--headless", true],
    ["/tmp/frame_%05d.jpg", true],
    ["--other", false],
  ] as const) {
    writeFileSync(script, start(argument));
    const { code, stderr } = await run(script, {});
    assert.equal(code, 0);
    const line =
      /^hyperframes-native is on, but did nothing: createVideoFrameInjector was not found in hyperframes 9\.9\.9;/m;
    assert.equal(line.test(stderr), told, stderr);
  }
  write(UPSTREAM);
  writeFileSync(script, start("--headless"));
  assert.doesNotMatch((await run(script, {})).stderr, /did nothing/);
});

test("HYPERFRAMES_NATIVE_QUIET: nothing is said", async (t) => {
  const folder = new FrameFolder(t);
  writeHost(folder, UPSTREAM);
  const outcome = await run(writeScript(folder), { HYPERFRAMES_NATIVE_QUIET: "1" });
  assert.deepEqual([outcome.code, outcome.stderr], [0, ""]);
});

test("NODE_DEBUG=hyperframes-native: the details before the summary", async (t) => {
  const folder = new FrameFolder(t);
  writeHost(folder, UPSTREAM);
  const { stderr } = await run(writeScript(folder), { NODE_DEBUG: "hyperframes-native" });
  assert.match(
    stderr,
    /^HYPERFRAMES-NATIVE \d+: 1 step; hook p50 .*; no fallback; cache .*\nhyperframes-native is on: 1 video frame, inline\.\n$/m,
  );
});

test("on a terminal the summary has a line of its own, even where the last one was not ended", {
  skip: withoutTerminal,
}, async (t) => {
  const folder = new FrameFolder(t);
  writeHost(folder, UPSTREAM);
  const script = writeScript(folder);
  appendFileSync(script, `\nprocess.stdout.write("a prompt");\n`);
  const terminal = new Terminal(t, [process.execPath, "--import", pathToFileURL(register).href, script]);
  assert.equal(await terminal.ended(), 0);
  assert.match(terminal.text, /a prompt\nhyperframes-native is on: 1 video frame, inline\.\n$/);
});

/** Where the program of a host package stands that is the CLI. */
function writeRenderCommand(folder: FrameFolder): string {
  writeHost(folder, UPSTREAM);
  const home = join(folder.path, "node_modules", "hyperframes");
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "package.json"), JSON.stringify({ name: "hyperframes", version: "9.9.9" }));
  return join(home, "cli.mjs");
}

test("where nothing was swapped, the end of a render says why, once", async (t) => {
  const folder = new FrameFolder(t);
  const program = writeRenderCommand(folder);
  const off = "hyperframes-native is off (HYPERFRAMES_NATIVE=0).";
  const noVideo = "hyperframes-native is on: no video on the page, so there was nothing for it to do.";
  const said = async (source: string, args: string[], env: Record<string, string> = {}) => {
    writeFileSync(program, source);
    const { stdout, stderr, code } = await run(program, env, register, [], args);
    assert.equal(stdout, "");
    return [code, stderr];
  };
  const asks = `import { createVideoFrameInjector } from "@hyperframes/engine"; createVideoFrameInjector(null);`;
  assert.deepEqual(await said(asks, ["render"], { HYPERFRAMES_NATIVE: "0" }), [0, `${off}\n`]);
  for (const value of ["OFF", "False", " no "])
    assert.match(String(await said("", ["render"], { HYPERFRAMES_NATIVE: value })), /native is off \(/);
  assert.deepEqual(await said(asks, ["render", "x"]), [0, `${noVideo}\n`]);
  const nowhere = "hyperframes-native is on, but did nothing: no frame was captured in this process.\n";
  assert.deepEqual(await said("", ["render"]), [0, nowhere]);
  // A render that fails, another command, the help, and whoever wants to hear nothing.
  assert.deepEqual(await said("process.exitCode = 3", ["render"]), [3, ""]);
  assert.deepEqual(await said("", ["preview", "render"]), [0, ""]);
  assert.deepEqual(await said("", ["render", "--help"]), [0, ""]);
  assert.deepEqual(await said("", ["preview"], { HYPERFRAMES_NATIVE: "off" }), [0, ""]);
  assert.deepEqual(await said("", ["render"], { HYPERFRAMES_NATIVE: "off", HYPERFRAMES_NATIVE_QUIET: "1" }), [
    0,
    "",
  ]);
  // A binary or a package that does not work is warned of at the start, and said at the end.
  writeHost(folder, UNKNOWN);
  assert.match(
    String(await said(asks, ["render"])),
    /SWAP_NOT_CLEAN[\s\S]*\nhyperframes-native is on, but did nothing: @hyperframes\/engine 9\.9\.9 was left alone, .*shape that is not known\.\n$/,
  );
});

test("HYPERFRAMES_NATIVE=off: upstream's own function; with statistics it is timed", async (t) => {
  const folder = new FrameFolder(t);
  writeHost(folder, UPSTREAM);
  const script = writeScript(folder);
  const stats = join(folder.path, "stats.json");
  for (const env of [{}, { HYPERFRAMES_NATIVE_STATS: stats }]) {
    const outcome = await run(script, { ...env, HYPERFRAMES_NATIVE: "off" });
    assert.deepEqual([outcome.code, outcome.stderr], [0, ""]);
    assert.deepEqual(JSON.parse(outcome.stdout).page, ["upstream"]);
  }
  const report = JSON.parse(readFileSync(stats, "utf8")) as ProcessReportJson;
  assert.deepEqual([report.mode, report.hooks, report.hook.calls, report.frames], ["stock", 1, 1, null]);
});

/** A process that starts helpers as a CLI does, one after the other: each with the drop-in, and the last renders nothing. */
function writeCli(folder: FrameFolder, scripts: readonly string[]): string {
  const script = join(folder.path, "cli.mjs");
  writeFileSync(
    script,
    `import { execFileSync } from "node:child_process";
for (const helper of ${JSON.stringify(scripts)})
  execFileSync(process.execPath, ["--import", ${JSON.stringify(pathToFileURL(register).href)}, helper], { stdio: "inherit" });
`,
  );
  return script;
}

test("statistics of an earlier run do not pass for those of this one, and helpers leave this run's alone", async (t) => {
  const folder = new FrameFolder(t);
  writeHost(folder, UPSTREAM);
  const stats = join(folder.path, "stats.json");
  const nothing = join(folder.path, "nothing.mjs");
  writeFileSync(nothing, "");
  const read = () => JSON.parse(readFileSync(stats, "utf8")) as ProcessReportJson;
  const env = { HYPERFRAMES_NATIVE_STATS: stats };
  await run(writeCli(folder, [writeScript(folder), nothing]), env);
  assert.deepEqual([read().hooks, read().frames], [1, 1]);
  await run(nothing, env);
  assert.deepEqual([read().hooks, read().frames], [0, 0]);
  await run(writeScript(folder), env);
  assert.equal(read().hooks, 1);
  await run(writeCli(folder, [nothing]), env);
  assert.equal(read().hooks, 0);
});

test("what is wrong with the environment is told once, not by each process of a run", async (t) => {
  const folder = new FrameFolder(t);
  writeHost(folder, UPSTREAM);
  const script = writeScript(folder);
  const unwritable = { HYPERFRAMES_NATIVE_STATS: join(folder.path, "no", "such", "folder") };
  const wrong: Array<Record<string, string>> = [
    unwritable,
    { HYPERFRAMES_NATIVE_STATS: folder.path },
    { HYPERFRAMES_NATIVE: "offf" },
    { HYPERFRAMES_NATIVE_CLIP: "drop" },
    { HYPERFRAMES_NATIVE_MEDIA: "loud" },
    { HYPERFRAMES_NATIVE_TRANSPORT: "carrier" },
    { HYPERFRAMES_NATIV: "off" },
    { HYPERFRAMES_NATIVE_STAT: "x.json" },
  ];
  for (const env of wrong) {
    const { code, stderr } = await run(writeCli(folder, [script, script]), env);
    assert.equal(code, 0, stderr);
    assert.equal(stderr.match(/HyperframesNativeWarning|could not write/g)?.length, 1, stderr);
  }
});

test("an unknown shape: upstream untouched, one warning with the reason", async (t) => {
  const folder = new FrameFolder(t);
  writeHost(folder, UNKNOWN);
  const outcome = await run(writeScript(folder));
  assert.equal(outcome.code, 0);
  assert.deepEqual(JSON.parse(outcome.stdout).page, ["upstream"]);
  assert.equal(outcome.stderr.match(/HyperframesNativeWarning/g)?.length, 1);
  assert.match(
    outcome.stderr,
    /SWAP_NOT_CLEAN.*@hyperframes\/engine 9\.9\.9 stays as it is: .*shape that is not known/s,
  );
});

test("the same text in a package that is not HyperFrames is left alone, silently", async (t) => {
  const folder = new FrameFolder(t);
  writeHost(folder, UPSTREAM, "somebody-else");
  const outcome = await run(writeScript(folder, "somebody-else"));
  assert.deepEqual([outcome.code, outcome.stderr], [0, ""]);
  assert.deepEqual(JSON.parse(outcome.stdout).page, ["upstream"]);
});

test("a runtime without WebAssembly: upstream untouched, one warning", async (t) => {
  const folder = new FrameFolder(t);
  writeHost(folder, UPSTREAM);
  const outcome = await run(writeScript(folder), {}, register, ["--jitless"]);
  assert.equal(outcome.code, 0, outcome.stderr);
  assert.deepEqual(JSON.parse(outcome.stdout).page, ["upstream"]);
  assert.equal(outcome.stderr.match(/HyperframesNativeWarning/g)?.length, 1, outcome.stderr);
  assert.match(outcome.stderr, /RUNTIME_UNSUITABLE/);
});

test("a table of an unknown shape goes to upstream, with one warning and the reason counted", async (t) => {
  const folder = new FrameFolder(t);
  // Upstream knows what to ask such a table.
  writeHost(
    folder,
    UPSTREAM.replace("table.getActiveFramePayloads(time)", 'Object.entries({ a: { framePath: "a.jpg" } })'),
  );
  const stats = join(folder.path, "stats.json");
  const script = join(folder.path, "script.mjs");
  writeFileSync(
    script,
    `import { createVideoFrameInjector } from "@hyperframes/engine";
const page = [];
await createVideoFrameInjector({ somethingNew() {} })(page, 0);
console.log(JSON.stringify(page));`,
  );
  const outcome = await run(script, { HYPERFRAMES_NATIVE_STATS: stats });
  assert.deepEqual(JSON.parse(outcome.stdout), ["upstream"]);
  assert.match(outcome.stderr, /getActiveFramePayloads/);
  const report = JSON.parse(readFileSync(stats, "utf8")) as ProcessReportJson;
  assert.equal(report.fallbacks[0]?.count, 1);
});
