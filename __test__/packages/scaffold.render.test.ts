// What a new user does: `npm run setup` here, `hyperframes init` somewhere, the line that setup prints, `npm run render`.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { ffmpeg } from "../../dist/tools/bench/ffmpeg.js";
import { compareFrames } from "../support/compare-frames.ts";
import { FrameFolder } from "../support/frames.ts";
import { root } from "../support/paths.ts";
import { hasRuntime, installRuntime } from "../support/runtimes.ts";

const HYPERFRAMES = "hyperframes@0.8.170";
const FRAMES = 10;
const run = promisify(execFile);
const dir = new FrameFolder({ after }).path;
// As a user may well have it.
const home = path.join(dir, "meine Übung");
const project = path.join(home, "my-video");

/** As in a shell that has Chrome, without HyperFrames' reports and hints. */
const environment: NodeJS.ProcessEnv = {
  ...process.env,
  HYPERFRAMES_BROWSER_PATH: process.env.HYPERFRAMES_BROWSER_PATH ?? process.env.PRODUCER_HEADLESS_SHELL_PATH,
  HYPERFRAMES_NO_TELEMETRY: "1",
  HYPERFRAMES_NO_UPDATE_CHECK: "1",
  HYPERFRAMES_SKIP_SKILLS: "1",
};
// `node --test` marks its children, which then report in its own format.
delete environment.NODE_TEST_CONTEXT;

interface Typed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a user types into a shell. */
async function type(cwd: string, line: string, env: NodeJS.ProcessEnv = {}): Promise<Typed> {
  const options = {
    cwd,
    env: { ...environment, ...env },
    shell: true,
    timeout: 300_000,
    maxBuffer: 64 * 1024 * 1024,
  };
  try {
    return { code: 0, ...(await run(line, options)) };
  } catch (error) {
    return error as Error & Typed;
  }
}

/** The same where it has to go well. */
async function typeWell(cwd: string, line: string, env?: NodeJS.ProcessEnv): Promise<Typed> {
  const typed = await type(cwd, line, env);
  assert.equal(typed.code, 0, `${line}\n${typed.stdout.slice(-3000)}\n${typed.stderr.slice(-3000)}`);
  return typed;
}

/** Renders by what is typed; says what this package said, and where the video is. */
async function render(line: string, env?: NodeJS.ProcessEnv): Promise<{ said: string[]; video: string }> {
  const renders = path.join(project, "renders");
  const before = new Set(existsSync(renders) ? readdirSync(renders) : []);
  const { stderr } = await typeWell(project, line, env);
  const [video] = readdirSync(renders).filter((name) => name.endsWith(".mp4") && !before.has(name));
  assert.ok(video, "no video");
  return {
    said: stderr.split("\n").filter((line) => /hyperframes-native|HyperframesNative/.test(line)),
    video: path.join(renders, video),
  };
}

const skip = process.platform === "win32" && "the script of a scaffold is a POSIX shell's here";
const ON = [`hyperframes-native is on: ${FRAMES} video frames, all as files.`];

describe("a project that hyperframes init has just made", { skip }, () => {
  let stock: string;

  before(async () => {
    mkdirSync(home);
    const clip = path.join(home, "clip.mp4");
    const picture = ["-f", "lavfi", "-i", "testsrc2=s=640x360:r=30:d=1"];
    const tone = ["-f", "lavfi", "-i", "sine=440:d=1"];
    await ffmpeg([...picture, ...tone, "-pix_fmt", "yuv420p", "-c:v", "libx264", "-c:a", "aac", clip]);
    const init = `npx --yes ${HYPERFRAMES} init my-video --video ../clip.mp4 --example blank --skip-transcribe --non-interactive`;
    await typeWell(home, init.replace("../", "./"));
    // The scaffold's page loads GSAP from the network; a render needs a timeline, which here does nothing.
    const page = path.join(project, "index.html");
    const html = readFileSync(page, "utf8");
    const timeline =
      "{ duration: () => 1, totalDuration: () => 1, paused: () => true, pause() {}, seek() {}, time() {}, totalTime() {} }";
    const own = html
      .replace(/<script src="https:[^>]*gsap[^>]*><\/script>/, "<script>window.__timelines = {};</script>")
      .replace("gsap.timeline({ paused: true })", timeline);
    assert.ok(!own.includes("gsap."));
    writeFileSync(page, own);
  });

  it("takes the one line that setup prints, and brings three packages", async () => {
    const { stdout } = await typeWell(root, "npm run --silent setup");
    const lines = stdout.split("\n").filter((line) => line.startsWith("  npm install "));
    assert.equal(lines.length, 1, stdout);
    await typeWell(project, `${lines[0]} --no-audit --no-fund`);
    const installed = JSON.parse(readFileSync(path.join(project, "node_modules/.package-lock.json"), "utf8"));
    const names = Object.keys(installed.packages).map((place) => place.replace("node_modules/", ""));
    assert.deepEqual(names.map((name) => name.replace(/binding-.*/, "binding")).sort(), [
      "@hyperframes-native/binding",
      "es-module-lexer",
      "hyperframes-native",
    ]);
  });

  it("renders by its own script, swapped; off, it renders the same and says so", async () => {
    const on = await render("npx hyperframes-native run -- npm run render -- --fps 10");
    assert.deepEqual(on.said, ON);
    const off = await render("npx hyperframes-native run -- npm run render -- --fps 10", {
      HYPERFRAMES_NATIVE: "False",
    });
    assert.deepEqual(off.said, ["hyperframes-native is off (HYPERFRAMES_NATIVE=False)."]);
    const { identical, frames } = await compareFrames(off.video, on.video);
    assert.deepEqual([identical, frames], [true, FRAMES]);
    stock = off.video;
  });

  it("is seen by doctor and bench as it renders: from npx's cache", async () => {
    const { stdout } = await typeWell(project, "npx hyperframes-native doctor");
    assert.match(
      stdout,
      /^Renders are swapped.*:\n {2}npx hyperframes-native run -- npx --yes hyperframes@0\.8\.170 render$/m,
    );
    assert.match(stdout, /^ok +packages +hyperframes 0\.8\.170, npx's cache$/m);
    // Far enough to see what would render.
    const none = { PRODUCER_HEADLESS_SHELL_PATH: path.join(home, "no-chrome") };
    const bench = await type(project, "npx hyperframes-native bench . --output ../bench", none);
    assert.match(bench.stdout, /hyperframes 0\.8\.170 \(npx's cache\)/);
  });

  it("renders with the drop-in in its script", async () => {
    const file = path.join(project, "package.json");
    const manifest = JSON.parse(readFileSync(file, "utf8"));
    manifest.scripts.render = `hyperframes-native run -- ${manifest.scripts.render}`;
    writeFileSync(file, JSON.stringify(manifest));
    const { said, video } = await render("npm run render -- --fps 10");
    assert.deepEqual(said, ON);
    assert.ok((await compareFrames(stock, video)).identical);
  });

  it("renders under Node 24", {
    skip: !hasRuntime("node") && "no package with Node 24 is known",
  }, async () => {
    const { program } = await installRuntime("node", "24.21.0");
    const PATH = `${path.dirname(program)}${path.delimiter}${process.env.PATH}`;
    const { stdout } = await typeWell(project, "node --version", { PATH });
    assert.equal(stdout.trim(), "v24.21.0");
    const { said, video } = await render("npm run render -- --fps 10", { PATH });
    assert.deepEqual(said, ON);
    assert.ok((await compareFrames(stock, video)).identical);
  });
});
