// Every folder of examples/, as a user would have it: copied into a project of its own, with the packed packages. What renders is
// rendered with the drop-in and without it.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import type { ProcessReportJson } from "hyperframes-native";
import { parseAllDocuments } from "yaml";
import { readReport } from "../../dist/tools/bench/render.js";
import { renderEnvironment } from "../../dist/tools/bench/render-environment.js";
import { binaryTarget } from "../../dist/ts/native/binary-target.js";
import { assertAgree, type Renders } from "../support/agree.ts";
import { compareFrames } from "../support/compare-frames.ts";
import { writeComposition } from "../support/composition.ts";
import { FrameFolder } from "../support/frames.ts";
import { makeVideo } from "../support/media.ts";
import { installPacked } from "../support/packed.ts";
import { root } from "../support/paths.ts";
import { hasRuntime, installRuntime } from "../support/runtimes.ts";

const SIZE = { width: 320, height: 180 } as const;
const FRAMES = 18;
const CHUNK_FRAMES = 10;
const LONGEST_MS = 120_000;
/** What AWS Lambda takes, unzipped: 250 MiB (docs/deploy.md). */
const LAMBDA_BYTES = 250 * 1024 * 1024;
/** What comes into that package besides: see docs/deploy.md. */
const CHROMIUM_AND_FFMPEG_BYTES = 220 * 1024 * 1024;

const run = promisify(execFile);
// Node finds modules by their real paths.
const project = realpathSync(new FrameFolder({ after }).path);
const inProject = (...parts: string[]) => path.join(project, ...parts);
const example = (...parts: string[]) => inProject("examples", ...parts);

/** `off`: as everybody else renders, with the drop-in switched off. */
type Mode = "native" | "off";

interface Ran {
  readonly stdout: string;
  readonly stats: ProcessReportJson | null;
}

/** Runs a program in the project. */
async function runIn(
  mode: Mode,
  [program = "", ...args]: readonly string[],
  env: Record<string, string> = {},
): Promise<Ran> {
  const statsFile = path.join(mkdtempSync(inProject("stats-")), "stats.json");
  const { stdout } = await run(program, args, {
    cwd: project,
    env: environment(mode, statsFile, env),
    timeout: LONGEST_MS,
    maxBuffer: 64 * 1024 * 1024,
  });
  return { stdout, stats: existsSync(statsFile) ? readReport(statsFile) : null };
}

function environment(mode: Mode, statsFile: string, further: Record<string, string>): NodeJS.ProcessEnv {
  const extractCacheDir = inProject("extracted");
  const common = renderEnvironment({ mode: "native", capture: "auto", extractCacheDir, statsFile });
  return {
    ...common,
    PATH: [path.dirname(process.execPath), common.PATH].join(path.delimiter),
    HYPERFRAMES_NATIVE_TRANSPORT: "file",
    HYPERFRAMES_NO_TELEMETRY: "1",
    HYPERFRAMES_NO_UPDATE_CHECK: "1",
    HYPERFRAMES_SKIP_SKILLS: "1",
    HYPERFRAMES_BROWSER_PATH: common.PRODUCER_HEADLESS_SHELL_PATH,
    ...(mode === "off" ? { HYPERFRAMES_NATIVE: "off" } : {}),
    ...further,
  };
}

/** Every frame of a render went the native way. */
function assertNative(stats: ProcessReportJson | null, frames: number): void {
  assert.ok(stats, "the drop-in was not there");
  assert.equal(stats.mode, "native");
  assert.deepEqual(stats.framesBy, { file: frames });
  assert.deepEqual(stats.fallbacks, []);
  assert.equal(stats.swapped.length, 1);
}

async function assertSamePictures(one: string, other: string, frames = FRAMES): Promise<void> {
  const { identical, frames: compared } = await compareFrames(one, other);
  assert.deepEqual([identical, compared], [true, frames]);
}

interface Instruction {
  readonly word: string;
  readonly rest: string;
}

function dockerfile(name: string): Instruction[] {
  const lines = readFileSync(example(name, "Dockerfile"), "utf8")
    .replaceAll(/^#.*\n/gm, "")
    .replaceAll(/\\\n/g, " ");
  return lines.split("\n").flatMap((line) => {
    const [, word, rest] = /^(\w+) +(.*)$/.exec(line.trim()) ?? [];
    return word === undefined || rest === undefined ? [] : [{ word, rest }];
  });
}

/** What can be said of an image without an engine: its shell parses, and what it copies is there. */
async function checkDockerfile(instructions: readonly Instruction[]): Promise<void> {
  assert.deepEqual(instructions[0], { word: "FROM", rest: "node:22-bookworm-slim" });
  for (const { word, rest } of instructions) {
    if (word === "RUN") await run("sh", ["-n", "-c", rest]);
    if (word === "COPY") {
      const sources = rest.split(/ +/).slice(0, -1);
      for (const source of sources) assert.ok(existsSync(path.join(root, source)), source);
    }
    assert.ok(["FROM", "RUN", "ENV", "WORKDIR", "COPY", "ENTRYPOINT", "CMD"].includes(word), word);
  }
}

function environmentOf(instructions: readonly Instruction[], name: string): string {
  const found = instructions.find(({ word, rest }) => word === "ENV" && rest.startsWith(`${name}=`));
  assert.ok(found, `ENV ${name}`);
  return found.rest.slice(name.length + 1);
}

function commandOf(instructions: readonly Instruction[], word: "ENTRYPOINT" | "CMD"): string[] {
  const found = instructions.find((instruction) => instruction.word === word);
  return JSON.parse(found?.rest ?? "[]");
}

before(async () => {
  // What the Dockerfiles ask for first: `npm run pack:host`.
  await run(process.execPath, [path.join(root, "scripts", "tasks", "pack.mjs")]);
  await installPacked(project);
  // Upstream's packages are the repository's; a user installs them.
  for (const name of ["@hyperframes", "hyperframes", "esbuild", "@esbuild", "puppeteer-core"]) {
    symlinkSync(path.join(root, "node_modules", name), inProject("node_modules", name), "dir");
  }
  symlinkSync("../hyperframes/bin/hyperframes.mjs", inProject("node_modules", ".bin", "hyperframes"));
  cpSync(path.join(root, "examples"), example(), { recursive: true });

  const duration = FRAMES / 30;
  const src = await makeVideo({ ...SIZE, kind: "noise", fps: 30, seconds: 1, seed: 81 });
  const videos = [{ id: "video", src, start: 0, duration, box: { left: 0, top: 0, ...SIZE } }];
  writeComposition(inProject("my-video"), { ...SIZE, duration, videos });
  // The engine alone asks the page for its protocol and nothing else.
  const script = `window.__hf = { duration: ${duration}, seek() {} };`;
  writeComposition(inProject("my-page"), { ...SIZE, duration, videos, script });
  mkdirSync(inProject("off"));
  mkdirSync(inProject("native"));
});

interface Job {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly completions?: number;
    readonly template: {
      readonly spec: {
        readonly restartPolicy: string;
        readonly volumes: readonly { readonly name: string }[];
        readonly containers: readonly {
          readonly command: readonly string[];
          readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
          readonly env?: readonly { readonly name: string; readonly value: string }[];
        }[];
      };
    };
  };
}

function job(name: string): Job {
  const found = jobs().find(({ metadata }) => metadata.name === name);
  assert.ok(found, name);
  return found;
}

function jobs(): Job[] {
  return parseAllDocuments(readFileSync(example("kubernetes", "render.yaml"), "utf8")).map((document) => {
    assert.deepEqual(document.errors, []);
    assert.deepEqual(document.warnings, []);
    return document.toJS() as Job;
  });
}

/** Runs one of the manifest's Jobs by its container's own command, with a folder in place of the volume. */
async function runJob(mode: Mode, job: Job, work: string, env: Record<string, string> = {}): Promise<Ran> {
  const [container] = job.spec.template.spec.containers;
  assert.ok(container);
  const command = container.command.map((part) => part.replaceAll("/work", work));
  const sized = { width: String(SIZE.width), height: String(SIZE.height), chunkFrames: String(CHUNK_FRAMES) };
  const declared = (container.env ?? []).map(({ name }) => name);
  const given = Object.entries(sized).filter(([name]) => declared.includes(name));
  return runIn(mode, command, { ...Object.fromEntries(given), ...env });
}

/** The plan that everything distributed here renders; made once. */
let planned: Promise<string> | undefined;

function plan(): Promise<string> {
  planned ??= (async () => {
    const work = inProject("work");
    mkdirSync(work);
    symlinkSync(inProject("my-video"), path.join(work, "my-video"), "dir");
    // What the image has in its working folder.
    for (const step of readdirSync(example("distributed")))
      cpSync(example("distributed", step), inProject(step));
    await runJob("native", job("render-plan"), work);
    return work;
  })();
  return planned;
}

/** The chunks that the Jobs' workers make. */
async function renderChunks(
  mode: Mode,
  indexes: readonly number[],
): Promise<{ work: string; workers: Ran[] }> {
  // The same plan, chunks of its own.
  const work = mkdtempSync(inProject(`${mode}-work-`));
  symlinkSync(path.join(await plan(), "plan"), path.join(work, "plan"), "dir");
  const workers = await Promise.all(
    indexes.map((index) => runJob(mode, job("render-chunks"), work, { JOB_COMPLETION_INDEX: String(index) })),
  );
  return { work, workers };
}

/** One chunk as upstream renders it. */
function stockChunk(index: number): Renders {
  return async () => {
    const { work } = await renderChunks("off", [index]);
    return path.join(work, "chunks", `${index}.mp4`);
  };
}

function printed({ stdout }: Ran) {
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}

/** One for each folder of examples/. */
const EXAMPLES: Record<string, () => Promise<void>> = {
  async cli() {
    for (const mode of ["off", "native"] as const) {
      const script = example("cli", "render.sh");
      const { stats } = await runIn(mode, ["sh", script, "my-video", inProject(mode, "cli.mp4")]);
      if (mode === "native") assertNative(stats, FRAMES);
    }
    await assertSamePictures(inProject("off", "cli.mp4"), inProject("native", "cli.mp4"));
  },

  async docker() {
    const image = dockerfile("docker");
    await checkDockerfile(image);
    // After examples.cli: what the container starts, started here.
    const command = commandOf(image, "ENTRYPOINT");
    const out = inProject("native", "docker.mp4");
    const options = { NODE_OPTIONS: environmentOf(image, "NODE_OPTIONS") };
    const { stats } = await runIn("native", [...command, inProject("my-video"), "--output", out], options);
    assertNative(stats, FRAMES);
    await assertSamePictures(inProject("off", "cli.mp4"), out);
  },

  async producer() {
    const command = ["node", "--import", "hyperframes-native/register", example("producer", "render.mjs")];
    for (const mode of ["off", "native"] as const) {
      const { stats } = await runIn(mode, [...command, "my-video", inProject(mode, "producer.mp4")]);
      if (mode === "native") assertNative(stats, FRAMES);
    }
    await assertSamePictures(inProject("off", "producer.mp4"), inProject("native", "producer.mp4"));
  },

  async "own-code"() {
    const command = ["node", example("own-code", "capture.mjs"), "my-page"];
    await runIn("off", [...command, inProject("off", "frames"), "--stock"]);
    const { stdout, stats } = await runIn("native", [...command, inProject("native", "frames")]);
    assert.equal(stats?.swapped.length, 0, "nothing is swapped where the function is imported");
    const printed = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
    assert.deepEqual([printed.frames, printed.stats.framesBy], [FRAMES, { file: FRAMES }]);
    const pictures = (mode: string) => inProject(mode, "frames", "frame_%06d.png");
    await assertSamePictures(pictures("off"), pictures("native"));
  },

  async distributed() {
    // By the manifest of the Kubernetes example, which starts these very steps.
    const { completions = 0 } = job("render-chunks").spec;
    const frames = [CHUNK_FRAMES, FRAMES - CHUNK_FRAMES, 0];
    const renderAll = (mode: Mode) => async () => {
      // Two chunks, and a worker that finds none.
      const { work, workers } = await renderChunks(mode, [0, 1, completions - 1]);
      for (const [index, worker] of workers.entries()) {
        assert.equal(printed(worker).frames, frames[index]);
        if (mode === "native" && frames[index] !== 0) assertNative(worker.stats, frames[index] ?? 0);
      }
      await runJob(mode, job("render-assemble"), work);
      return path.join(work, "out.mp4");
    };
    await assertAgree(renderAll("off"), renderAll("native"), FRAMES);
  },

  async kubernetes() {
    // Its commands are run by the test before; here the rest of it.
    for (const { metadata, spec } of jobs()) {
      assert.match(metadata.name, /^render-(?:plan|chunks|assemble)$/);
      assert.equal(spec.template.spec.restartPolicy, "Never");
      const [container, ...more] = spec.template.spec.containers;
      assert.deepEqual(more, []);
      assert.deepEqual(container?.volumeMounts, [{ name: "work", mountPath: "/work" }]);
      assert.equal(spec.template.spec.volumes[0]?.name, "work");
    }
    assert.equal(jobs().length, 3);
  },

  async lambda() {
    const out = inProject("package");
    await run("node", [example("lambda", "build.mjs"), out], {
      cwd: project,
      env: environment("native", "", {}),
    });
    assert.ok(existsSync(path.join(out, `hyperframes-native.${binaryTarget().name}.node`)));
    const bytes = readdirSync(out).reduce((sum, name) => sum + statSync(path.join(out, name)).size, 0);
    assert.ok(bytes + CHROMIUM_AND_FFMPEG_BYTES < LAMBDA_BYTES, `the package has ${bytes} bytes`);

    // Far from every node_modules, as in Lambda.
    const task = mkdtempSync(path.join(os.tmpdir(), "hyperframes-native-lambda-"));
    try {
      cpSync(out, task, { recursive: true });
      const event = {
        planDir: path.join(await plan(), "plan"),
        chunkIndex: 1,
        outputPath: inProject("lambda.mp4"),
      };
      const invoke = path.join(task, "invoke.mjs");
      writeFileSync(
        invoke,
        `import { handler } from "./handler.mjs";\nconsole.log(JSON.stringify(await handler(${JSON.stringify(event)})));\n`,
      );
      const native = async () => {
        const ran = await runIn("native", ["node", invoke], { LAMBDA_TASK_ROOT: task });
        assertNative(ran.stats, FRAMES - CHUNK_FRAMES);
        assert.equal(ran.stats?.swapped[0]?.file, "@hyperframes/producer/dist/distributed.js");
        assert.equal(printed(ran).framesEncoded, FRAMES - CHUNK_FRAMES);
        return event.outputPath;
      };
      await assertAgree(stockChunk(1), native, FRAMES - CHUNK_FRAMES);
    } finally {
      rmSync(task, { recursive: true, force: true });
    }
  },

  async "cloud-run"() {
    const image = dockerfile("cloud-run");
    await checkDockerfile(image);
    const version = /bun@([\d.]+)/.exec(image.map(({ rest }) => rest).join("\n"))?.[1];
    assert.ok(version);
    const { program } = await installRuntime("bun", version);
    symlinkSync(program, inProject("node_modules", ".bin", "bun"));
    cpSync(example("cloud-run", "server.mjs"), inProject("server.mjs"));
    const planDir = path.join(await plan(), "plan");
    const rendered = (mode: Mode) => async () => {
      const outputPath = inProject(`cloud-run-${mode}.mp4`);
      const { response, stats } = await askServer(mode, commandOf(image, "CMD"), {
        planDir,
        chunkIndex: 1,
        outputPath,
      });
      assert.equal(response.framesEncoded, FRAMES - CHUNK_FRAMES, JSON.stringify(response));
      if (mode === "native") assertNative(stats, FRAMES - CHUNK_FRAMES);
      return outputPath;
    };
    await assertAgree(rendered("off"), rendered("native"), FRAMES - CHUNK_FRAMES);
  },
};

/** Starts the service, asks it once, ends it as Cloud Run does. */
async function askServer(mode: Mode, [program = "", ...args]: readonly string[], event: object) {
  const statsFile = path.join(mkdtempSync(inProject("stats-")), "stats.json");
  const server = spawn(inProject(program), args, {
    cwd: project,
    env: environment(mode, statsFile, { PORT: "0" }),
    timeout: LONGEST_MS,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => server.once("close", resolve));
  try {
    const port = await new Promise<number>((resolve, reject) => {
      let output = "";
      server.stdout.setEncoding("utf8").on("data", (chunk) => {
        output += chunk;
        const [, listening] = /"listening":(\d+)/.exec(output) ?? [];
        if (listening !== undefined) resolve(Number(listening));
      });
      server.once("close", () => reject(new Error(`the server ended: ${output}`)));
    });
    const asked = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: JSON.stringify(event) });
    const response = (await asked.json()) as { framesEncoded?: number };
    server.kill("SIGTERM");
    await ended;
    return { response, stats: existsSync(statsFile) ? readReport(statsFile) : null };
  } finally {
    server.kill("SIGKILL");
  }
}

describe("examples/", () => {
  it("has a test for every folder, and a line in its README", () => {
    const folders = readdirSync(path.join(root, "examples"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    assert.deepEqual(folders.sort(), Object.keys(EXAMPLES).sort());
    const readme = readFileSync(path.join(root, "examples", "README.md"), "utf8");
    for (const folder of folders) assert.ok(readme.includes(`(${folder}/`), folder);
  });

  for (const [name, test] of Object.entries(EXAMPLES)) {
    const skip = name === "cloud-run" && !hasRuntime("bun") ? "no Bun is known for this machine" : false;
    it(name, { skip }, test);
  }
});
