// `hyperframes-native bench` on a small project, as a user starts it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify, stripVTControlCharacters } from "node:util";
import { tellFlicker } from "../../dist/tools/bench/judge-pictures.js";
import { processTree, stillRuns } from "../../dist/tools/bench/process-tree.js";
import type { BenchResult } from "../../dist/tools/bench/result.js";
import { distinctFrames } from "../support/compare-frames.ts";
import { oneVideo, writeComposition } from "../support/composition.ts";
import { FrameFolder } from "../support/frames.ts";
import { eventually } from "../support/in-time.ts";
import { cliProgram } from "../support/installed.ts";
import { makeVideo } from "../support/media.ts";
import { type Ended, startNode } from "../support/node-process.ts";
import { mainProgram, root } from "../support/paths.ts";
import { Terminal, withoutTerminal } from "../support/terminal.ts";

const SIZE = { width: 320, height: 180 } as const;
const FRAMES = 15;
const TIMEOUT_MS = 180_000;
const dir = new FrameFolder({ after }).path;
const output = path.join(dir, "out");

let src: string;

before(async () => {
  // Installed above the project, as in a workspace.
  mkdirSync(path.join(dir, "node_modules", "@hyperframes"), { recursive: true });
  for (const name of ["hyperframes", "@hyperframes/producer"])
    symlinkSync(path.join(root, "node_modules", name), path.join(dir, "node_modules", name));
  src = await makeVideo({ ...SIZE, kind: "noise", fps: 15, seconds: 1, seed: 81 });
  writeComposition(path.join(dir, "project"), oneVideo(src, SIZE, 1));
});

/** A video above, and below it text that a timeline turns and scales, as compositions have it. */
function writeTilted(project: string): void {
  writeComposition(project, {
    ...{ width: 640, height: 360, duration: 1 },
    videos: [{ id: "video", src, start: 0, duration: 1, box: { left: 0, top: 0, ...SIZE } }],
    html: "<p id='card'>Every pixel of it, tilted</p>",
    css: "#card { position: absolute; left: 60px; top: 210px; font: 34px serif; color: #fff; }",
    script: `
const card = document.getElementById("card");
let at = 0;
const set = (time) => {
  if (time === undefined) return timeline;
  at = time;
  card.style.transform = \`rotate(\${-4 + 6 * at}deg) scale(\${1 + at / 3})\`;
  return timeline;
};
const time = (seconds) => (seconds === undefined ? at : set(seconds));
const timeline = {
  ...{ duration: () => 1, totalDuration: () => 1, paused: () => true, getChildren: () => [], time, totalTime: time },
  ...{ play: () => timeline, kill: () => timeline, progress: () => timeline, pause: set, seek: set },
};
window.__timelines = { main: timeline };`,
  });
}

function run(...args: string[]) {
  return promisify(execFile)(process.execPath, [mainProgram, "bench", ...args], {
    cwd: dir,
    timeout: TIMEOUT_MS,
  });
}

describe("hyperframes-native bench", () => {
  for (const [using, pairs] of [
    ["cli", 2],
    ["producer", 1],
  ] as const) {
    it(`measures, compares and reports (${using})`, async () => {
      const args = ["--using", using, "--pairs", `${pairs}`, "--fps", "15", "--video-frame-format", "png"];
      const { stdout } = await run("project", ...args, "--output", output);
      assert.match(stdout, new RegExp(`pair ${pairs} of ${pairs}, native`));
      // What will be done, before it is done; then the answer before the numbers.
      assert.match(
        stdout,
        /^\S+ \d+\.\d+\.\d+ \(.*, linked into \/.*\)\n15 fps, workers auto, frames png, quality (?:looks|standard), capture auto; \d pairs? of renders/,
      );
      assert.match(
        stdout,
        /\n\n(?:Faster|Slower|No difference that could be measured|Cannot be told): .*\n\n +stock +native +stock \/ native\n(?:Whole render|Processor time|Hook|Peak memory) /s,
      );
      assert.match(stdout, /workers auto \(1\)/);
      // The CLI asks for BeginFrame where there is no GPU; its producer by itself does not.
      const capture = process.platform === "linux" && using === "cli" ? "beginframe" : "screenshot";
      assert.match(stdout, new RegExp(`capture auto \\(${capture}\\)`));
      const result = JSON.parse(readFileSync(path.join(output, "results.json"), "utf8")) as BenchResult;
      assert.equal(result.machine.renderer.name, using === "cli" ? "hyperframes" : "@hyperframes/producer");
      assert.match(result.machine.ffmpeg ?? "", /^ffmpeg version/);
      assert.equal(result.pairs.length, pairs);
      const same = { frames: FRAMES, stocks: pairs, flickering: [], where: null };
      assert.deepEqual(result.pictures, { ...same, differing: result.pairs.map(() => []) });
      for (const { stock, native } of result.pairs) {
        for (const render of [stock, native]) {
          // What was listened to is what the statistics say, to the microsecond they are rounded to.
          const { hook, calls, split, memory, peakRssBytes, protocol } = render;
          assert.equal(calls.length, hook.calls);
          const listened = calls.reduce((sum, { hookMs }) => sum + hookMs, 0);
          assert.ok(Math.abs(listened - hook.meanMs * hook.calls) < 0.01);
          assert.ok(Math.abs(split.hookMs - hook.meanMs) < 0.01);
          const perFrame = split.hookMs + split.captureMs + split.otherMs;
          const [first, last] = [calls[0]?.atMs ?? 0, calls.at(-1)?.atMs ?? 0];
          assert.ok(Math.abs(perFrame - (last - first) / (calls.length - 1)) < 0.01);
          assert.ok(memory.length > 3 && peakRssBytes > 50e6);
          assert.ok(protocol.sentBytes > 0 && protocol.receivedBytes > 0);
          assert.ok(render.eventLoopDelay.maxMs >= render.eventLoopDelay.p50Ms);
          const { stages, processes, wallMs } = render;
          assert.ok(stages && stages.captureMs > 0);
          assert.ok(stages.extractMs + stages.captureMs + (stages.encodeMs ?? 0) < wallMs);
          if (process.platform === "linux") {
            assert.ok(processes && processes.peakRssBytes > peakRssBytes);
            for (const ms of Object.values(processes.cpuMs)) assert.ok(ms > 0);
            const names = processes.chromeThreads.map(({ name }) => name);
            assert.ok(names.includes("renderer main") && names.includes("browser main"), names.join());
          }
        }
        assert.deepEqual(native.framesBy, { file: FRAMES });
        assert.deepEqual(native.choices, ["file"]);
        assert.deepEqual([stock.capture, native.capture], [capture, capture]);
        assert.ok(stock.swapped.length > 0 && native.swapped.length > 0);
        assert.deepEqual(native.fallbacks, []);
        assert.deepEqual(stock.framesBy, {});
      }
      // As the command itself encodes: x264 writes its settings into the file. `looks`, the CLI's default, is another crf than its quality's.
      const [crf] = /crf=\d+/.exec(readFileSync(path.join(output, "stock.mp4"), "latin1")) ?? [];
      assert.equal(crf, using === "cli" ? "crf=16" : "crf=18");
      assert.deepEqual(readdirSync(output).sort(), [
        "native.mp4",
        "report.html",
        "results.json",
        "stock.mp4",
      ]);
      assert.match(readFileSync(path.join(output, "report.html"), "utf8"), /<html/);
    });
  }

  it("a page with tilted, scaled text: native is judged by what stock shows, and a flicker is told in words", async () => {
    const project = path.join(dir, "tilted");
    const target = path.join(dir, "out-tilted");
    writeTilted(project);
    const args = [mainProgram, "bench", "tilted", "--pairs", "1", "--fps", `${FRAMES}`, "--output", target];
    const env = { ...process.env, PRODUCER_FORCE_SCREENSHOT: "true" };
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: dir, env });
    assert.match(stdout, /capture auto \(screenshot\)/);
    const result = JSON.parse(readFileSync(path.join(target, "results.json"), "utf8")) as BenchResult;
    const { pictures } = result;
    assert.ok(pictures);
    assert.deepEqual([pictures.frames, pictures.differing], [FRAMES, [[]]]);
    // It is the text that moves, below the video.
    const text = "crop=iw:ih/2:0:ih/2";
    assert.ok((await distinctFrames(path.join(target, "stock.mp4"), text)) > FRAMES / 2);
    const told =
      pictures.flickering.length === 0
        ? `All ${FRAMES} decoded frames are identical.\n`
        : `${FRAMES} decoded frames compared, none differs otherwise than stock from itself. ${tellFlicker(pictures)}\n`;
    assert.ok(stdout.includes(told), stdout);
  });

  it("renders in which nothing is swapped: said as it is, exit status 1", async () => {
    // Only in the renders: the command itself would refuse.
    const old =
      'import module, { syncBuiltinESMExports } from "node:module"; if (process.argv[1]?.endsWith("render-child.js")) { module.registerHooks = undefined; syncBuiltinESMExports(); }';
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(old)}`;
    const args = ["--pairs", "1", "--fps", "15", "--output", path.join(dir, "out-old")];
    const { code, stdout, stderr } = await fails("project", ...args, { NODE_OPTIONS });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^The drop-in did not run: nothing was swapped \(module\.registerHooks is missing .*\)\. Ask: npx hyperframes-native doctor\n$/,
    );
    // After the warm-up: the pairs would say nothing else.
    assert.doesNotMatch(stdout, /pair 1 of/);
    assert.doesNotMatch(stdout, /Ignored/);
    assert.ok(!existsSync(path.join(dir, "out-old")));
  });

  it("Ctrl-C before it is known what renders: interrupted, and what was started ends", async () => {
    const command = ["--", process.execPath, "-e", "console.log('asked'); setTimeout(() => {}, 60_000)"];
    const args = [mainProgram, "bench", "project", "--output", path.join(dir, "out-early"), ...command];
    const { child, ended } = startNode(args, { cwd: dir, env: process.env, deadline: TIMEOUT_MS });
    const asks = () => processTree(child.pid ?? 0).length > 1;
    await eventually(asks, "the command", 30_000);
    const tree = processTree(child.pid ?? 0);
    child.kill("SIGINT");
    const { code, stderr } = await ended;
    assert.deepEqual([code, stderr], [130, "Interrupted: nothing was written.\n"]);
    assert.ok(!tree.some(stillRuns));
  });

  it("takes the frame rate that the page asks for, as the command does", async () => {
    const project = path.join(dir, "fast");
    cpSync(path.join(dir, "project"), project, { recursive: true });
    const page = path.join(project, "index.html");
    const chrome = { PRODUCER_HEADLESS_SHELL_PATH: path.join(dir, "no-chrome") };
    const html = readFileSync(page, "utf8");
    for (const [fps, told] of [
      ["60", /^60 fps, .*\n(?!Not taken over)/m],
      ["30000/1001", /^30 fps, .*\nNot taken over from the command: data-fps="30000\/1001"\.$/m],
    ] as const) {
      writeFileSync(page, html.replace("data-composition-id=", `data-fps="${fps}" data-composition-id=`));
      const { stdout } = await fails("fast", "--output", path.join(dir, "out-fast"), chrome);
      assert.match(stdout, told);
    }
  });

  it("says what is missing, and measures nothing", async () => {
    const { code, stderr } = await fails("nowhere", "--output", path.join(dir, "none"));
    assert.equal(code, 2);
    assert.match(stderr, /There is no index\.html in .*nowhere/);
    assert.ok(!existsSync(path.join(dir, "none")));
  });

  it("a project that cannot be rendered: what was ignored, why, and that it is not the drop-in, in a few lines", async () => {
    const target = path.join(dir, "out-broken");
    const set = { HYPERFRAMES_NATIVE: "off", HYPERFRAMES_NATIVE_TRANSPORT: "inline" };
    const chrome = { PRODUCER_HEADLESS_SHELL_PATH: path.join(dir, "no-chrome") };
    const { code, stdout, stderr } = await fails("project", "--fps", "15", "--output", target, set, chrome);
    assert.match(
      stdout,
      /^Ignored: HYPERFRAMES_NATIVE, HYPERFRAMES_NATIVE_TRANSPORT\.[^\n]*\.\n(?:The machine is busy.*\n)?warm-up/m,
    );
    assert.equal(code, 2);
    assert.match(
      stderr,
      /^The warm-up render failed: [^\n]*no-chrome[^\n]*\. It fails without the drop-in too, with the same message\.\n/,
    );
    assert.ok(stderr.split("\n").length <= 8, stderr);
    assert.doesNotMatch(stderr, /^\s+at /m);
    assert.ok(!existsSync(target));
  });

  it("a project that only the drop-in keeps from being rendered: said as it is", async () => {
    // The native render has the way to swap, the one without the drop-in has not even loaded it.
    const fault =
      'if (process.argv[1]?.endsWith("render-child.js") && process.execArgv.some((one) => one.includes("register"))) process.exit(3);';
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(fault)}`;
    const args = ["--fps", "15", "--output", path.join(dir, "out-fault")];
    const { code, stderr } = await fails("project", ...args, { NODE_OPTIONS });
    assert.equal(code, 2);
    assert.match(
      stderr,
      /^The warm-up render failed: The native render \(auto\) ended with exit code 3\. Without the drop-in it renders: /,
    );
  });

  // Ctrl-C is in the terminal, below.
  it("ends by SIGTERM with everything that it started and made", async () => {
    const target = path.join(dir, "aborted");
    mkdirSync(target);
    const { child, temporary, ended } = start(target);
    const runs = () => processTree(child.pid ?? 0).length > 4; // the render, Chrome and its helpers
    await eventually(runs, "the render", 30_000);
    const tree = processTree(child.pid ?? 0);
    child.kill("SIGTERM");
    const { code, stderr } = await ended;
    assert.deepEqual(
      [code, stderr],
      [128 + os.constants.signals.SIGTERM, "Interrupted: nothing was written.\n"],
    );
    await eventually(() => !tree.some(stillRuns), "the end of all processes", 30_000);
    assert.deepEqual(readdirSync(target), []);
    assert.deepEqual(ours(temporary), []);
  });

  it("ends as by a broken pipe where nobody reads on, and leaves nothing", async () => {
    const target = path.join(dir, "unread");
    const { child, temporary, ended } = start(target);
    child.stdout.once("data", () => child.stdout.destroy());
    const { code, stderr } = await ended;
    assert.deepEqual([code, stderr], [128 + os.constants.signals.SIGPIPE, ""]);
    // It was new, and nothing came into it.
    assert.ok(!existsSync(target));
    assert.deepEqual(ours(temporary), []);
  });

  it("a page without videos: told after the warm-up, and nothing is benched", async () => {
    const html = "<p>no video</p>";
    writeComposition(path.join(dir, "empty"), { ...SIZE, duration: 0.2, videos: [], html });
    const args = ["--fps", "15", "--output", path.join(dir, "out-empty")];
    const { code, stdout, stderr } = await fails("empty", ...args);
    assert.equal(code, 2);
    assert.match(
      stderr,
      /^There is no video on the page: the drop-in has nothing to do, and nothing was benched\.\n$/,
    );
    assert.doesNotMatch(stdout, /pair 1 of/);
    assert.ok(!existsSync(path.join(dir, "out-empty")));
  });

  it("renders as the project's own script does, and says what it cannot take over", async () => {
    const project = path.join(dir, "scripted");
    cpSync(path.join(dir, "project"), project, { recursive: true });
    const bin = path.join(project, "node_modules", ".bin");
    mkdirSync(bin, { recursive: true });
    symlinkSync(cliProgram, path.join(bin, "hyperframes"));
    const render = "hyperframes render --fps 15 -w 2 --crf 18 --quality=draft -o out.mp4";
    writeFileSync(path.join(project, "package.json"), JSON.stringify({ scripts: { render } }));
    const chrome = { PRODUCER_HEADLESS_SHELL_PATH: path.join(dir, "no-chrome") };
    const { stdout } = await fails(
      "scripted",
      "--output",
      path.join(dir, "out-scripted"),
      "--quality",
      "standard",
      chrome,
    );
    const lines = stdout.split("\n");
    assert.match(
      lines[0] ?? "",
      /^hyperframes \d+\.\d+\.\d+ \(.*\), as by: hyperframes render --fps 15 -w 2 --crf 18/,
    );
    assert.match(
      lines[1] ?? "",
      /^15 fps, workers 2, frames auto, quality standard, capture auto; 3 pairs of renders/,
    );
    assert.equal(lines[2], "Not taken over from the command: --crf 18.");
    // The same where the script is the command.
    const behind = [
      "--output",
      path.join(dir, "out-npm"),
      "--",
      "npm",
      "--prefix",
      "scripted",
      "run",
      "render",
    ];
    const npm = await fails("scripted", ...behind, chrome);
    assert.match(
      npm.stdout,
      /as by: npm --prefix scripted run render\n15 fps, workers 2, frames auto, quality draft, /,
    );
  });

  it("in a terminal of 60 columns: one line for each stage, and Ctrl-C says that nothing was written", {
    skip: withoutTerminal,
  }, async (t) => {
    const target = path.join(dir, "out-terminal");
    const command = [process.execPath, mainProgram, "bench", "project", "--fps", "15", "--output", target];
    const terminal = new Terminal(t, command, { columns: 60, cwd: dir });
    await terminal.sees(/warm-up: [\d.]+ s/);
    await terminal.sees(/pair 1 of 3, stock .* \d+ %/);
    terminal.type("\x03");
    assert.equal(await terminal.ended(), 128 + os.constants.signals.SIGINT);
    // What is drawn over and over begins at the start of its line, and never goes on in the next.
    for (const drawn of terminal.written.split(/[\r\n]+/)) {
      const shown = stripVTControlCharacters(drawn).replace("^C", ""); // the terminal's echo
      assert.ok(shown.length <= 60 || !/[█░]/.test(shown), shown);
    }
    assert.equal(terminal.text.match(/^warm-up: /gm)?.length, 1);
    assert.match(terminal.text, /Interrupted: nothing was written\.\n$/);
    assert.ok(!existsSync(target));
  });
});

/** A run whose temporary files are in a folder of their own. */
function start(target: string) {
  const temporary = mkdtempSync(path.join(dir, "tmp-"));
  const args = [mainProgram, "bench", "project", "--fps", "15", "--output", target];
  const env = { ...process.env, TMPDIR: temporary };
  return { ...startNode(args, { cwd: dir, env, deadline: TIMEOUT_MS }), temporary };
}

/** What this package left among temporary files; the browser's profile is upstream's. */
function ours(temporary: string): string[] {
  return readdirSync(temporary).filter((name) => name.startsWith("hyperframes-native"));
}

/** A run that must fail; variables may follow the arguments. */
async function fails(...args: Array<string | NodeJS.ProcessEnv>): Promise<Ended> {
  const given = args.filter((arg) => typeof arg === "string");
  const env = Object.assign({ ...process.env }, ...args.filter((arg) => typeof arg !== "string"));
  const ended = await startNode([mainProgram, "bench", ...given], { cwd: dir, env, deadline: TIMEOUT_MS })
    .ended;
  assert.notEqual(ended.code, 0, "it went well");
  return ended;
}
