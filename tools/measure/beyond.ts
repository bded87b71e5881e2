/**
 * `npm run bench:beyond [-- thirty|busy|sound|floor]`: what upstream was measured to fail at, and how much is left to win.
 *
 * - Thirty 1080p png videos at once: more than one protocol message can carry. Compared, frame by frame, with a render
 *   whose frames were sent inline, a few in each message.
 * - Thirty videos of 32 MB whose files the page loads over and over while the render goes on (the failure of upstream's
 *   pull request 1630): the hook's 99th percentile on a busy file server against that on an idle one.
 * - The same thirty files with an `<audio>` of each: the hook's 99th percentile against that of the page without them, stock beside it.
 * - Node's processor time for four 1080p png videos, against that of the same render without any hook: what no hook can save.
 */
import { mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { compareFrames } from "../../__test__/support/compare-frames.ts";
import { type ClipOptions, writeComposition } from "../../__test__/support/composition.ts";
import { type MediaOptions, makeVideo } from "../../__test__/support/media.ts";
import { root } from "../../__test__/support/paths.ts";
import { type RenderMode, type RenderResult, render } from "../../__test__/support/render.ts";
import { ffmpeg } from "../../dist/tools/bench/ffmpeg.js";
import { soundOf } from "./whole-scenes.ts";

const VIDEOS = 30;
const FPS = 30;
const out = join(root, "out", "beyond");
mkdirSync(out, { recursive: true });

const SOURCES = `const sources = Array.from(document.querySelectorAll("video"), (video) => video.src);`;

/** HTML that loads a video into one of six players every so often. The clock is a worker's: the page's own stands still between frames. */
function playersEvery(ms: number): string {
  return `<script>${SOURCES}
    const players = Array.from({ length: 6 }, () => Object.assign(document.createElement("video"), { preload: "auto", muted: true }));
    const clock = new Worker(URL.createObjectURL(new Blob(["setInterval(() => postMessage(0), ${ms})"])));
    let loaded = 0;
    clock.onmessage = () => { players[loaded % players.length].src = sources[loaded % sources.length] + "?" + loaded++; };
  </script>`;
}

/** HTML that keeps the producer's file server busy while the render goes on. */
const FILE_SERVER_LOADS = {
  idle: "",
  /**
   * `<video>.src`, as in that pull request, whose render loaded each of its thirty files once: six players, as many as Chrome has
   * connections to one host, of which one gets the next file every second, so that all thirty are loaded within half a minute.
   */
  players: playersEvery(1000),
  /** Harsher: four times as many, up to 128 MB asked for each second. */
  flood: playersEvery(250),
  /** Harsher still: whole files by `fetch`, six at a time, without end. */
  downloads: `<script>${SOURCES}
    const pull = async (n) => {
      for (;;) { await (await fetch(sources[n++ % sources.length] + "?" + n, { cache: "no-store" })).blob(); }
    };
    for (let n = 0; n < 6; n++) pull(n * 5).catch(() => undefined);
  </script>`,
  /** No file at all: what is left of the others' figures when only the processors are taken, by two workers. */
  processors: `<script>
    const spin = URL.createObjectURL(new Blob(["for (;;);"]));
    for (let n = 0; n < 2; n++) new Worker(spin);
  </script>`,
} as const;

const PARTS = {
  thirty: thirtyAtOnce,
  busy: busyFileServer,
  sound: largeFilesWithSound,
  floor: withoutHook,
} as const;
const wanted = process.argv.slice(2);
for (const name of wanted) {
  if (Object.hasOwn(PARTS, name)) continue;
  console.error(`Nothing is called ${name}. There are: ${Object.keys(PARTS).join(", ")}.`);
  process.exit(2);
}
for (const [name, part] of Object.entries(PARTS)) {
  if (wanted.length === 0 || wanted.includes(name)) await part();
}

async function thirtyAtOnce(): Promise<void> {
  const seconds = 6 / FPS;
  const projectDir = join(out, "thirty");
  const videos = await clips({ kind: "noise", width: 1920, height: 1080, fps: FPS, seconds }, seconds);
  writeComposition(projectDir, { width: 1920, height: 1080, duration: seconds, videos });
  const extractCacheDir = join(out, "thirty-frames");
  const one = (name: string, mode: RenderMode, transport: string) =>
    attempt({ projectDir, extractCacheDir, frameFormat: "png", name: `thirty-${name}`, mode, transport });
  console.log("thirty 1080p png videos at once, BeginFrame capture, 6 frames");
  const inline = await one("inline", "native", "inline");
  const auto = await one("auto", "native", "auto");
  const stock = await one("stock", "stock", "");
  report("stock", stock);
  report("native, inline", inline);
  report("native, auto", auto);
  if (inline instanceof Error || auto instanceof Error) throw new Error("a native render failed");
  const { identical, frames } = await compareFrames(inline.outputPath, auto.outputPath);
  console.log(`auto against inline: ${identical ? "identical" : "NOT IDENTICAL"}, ${frames} frames\n`);
  if (!identical) process.exitCode = 1;
  rmSync(extractCacheDir, { recursive: true, force: true });
}

async function busyFileServer(): Promise<void> {
  const seconds = 6.4;
  const rendered = 4;
  const videos = await clips({ kind: "noise", width: 640, height: 360, fps: FPS, seconds }, rendered);
  console.log(`thirty videos of ${sizes(videos)}, ${rendered * FPS} frames`);
  const extractCacheDir = join(out, "busy-frames");
  const p99 = new Map<string, number>();
  for (const [name, html] of Object.entries(FILE_SERVER_LOADS)) {
    const projectDir = join(out, `server-${name}`);
    writeComposition(projectDir, { width: 1920, height: 1080, duration: rendered, videos, html });
    const result = await attempt({
      ...{ projectDir, extractCacheDir, frameFormat: "jpg", name: `server-${name}` },
      ...{ mode: "native", transport: "auto" },
    });
    report(`file server: ${name}`, result);
    if (result instanceof Error) process.exitCode = 1;
    else p99.set(name, result.stats?.hook.p99Ms ?? Number.NaN);
  }
  const idle = p99.get("idle") ?? Number.NaN;
  for (const [name, ms] of p99) {
    if (name !== "idle")
      console.log(`hook p99, ${name} against idle: ${(ms / idle).toFixed(2)} (aim: at most 2)`);
  }
  rmSync(extractCacheDir, { recursive: true, force: true });
}

async function largeFilesWithSound(): Promise<void> {
  const seconds = 6.4;
  const rendered = 2;
  const media = { kind: "noise", width: 640, height: 360, fps: FPS, seconds, sound: true } as const;
  const videos = await clips(media, rendered);
  console.log(`thirty videos of ${sizes(videos)}, each with its <audio>, ${rendered * FPS} frames`);
  const extractCacheDir = join(out, "sound-frames");
  const pages = { "with sound": videos.map(soundOf), "without sound": [] };
  for (const mode of ["native", "stock"] as const) {
    const p99: number[] = [];
    for (const [name, sounds] of Object.entries(pages)) {
      const projectDir = join(out, name.replace(" ", "-"));
      writeComposition(projectDir, { width: 1920, height: 1080, duration: rendered, videos, audios: sounds });
      const result = await attempt({
        ...{ projectDir, extractCacheDir, frameFormat: "jpg", name: `sound-${mode}`, mode },
        transport: mode === "native" ? "auto" : "",
      });
      report(`${mode}, ${name}`, result);
      if (!(result instanceof Error)) p99.push(result.stats?.hook.p99Ms ?? Number.NaN);
      else if (mode === "native") process.exitCode = 1;
    }
    const [loud = Number.NaN, silent = Number.NaN] = p99;
    console.log(`${mode}: hook p99 with sound against without: ${(loud / silent).toFixed(2)}`);
  }
  rmSync(extractCacheDir, { recursive: true, force: true });
}

/** Three pairs, in turn. */
async function withoutHook(): Promise<void> {
  const seconds = 4;
  const [width, height] = [960, 540];
  const boxes = [0, 1, 2, 3].map((n) => ({ left: (n % 2) * width, top: (n >> 1) * height, width, height }));
  const videos = await Promise.all(
    boxes.map(async (box, n): Promise<ClipOptions> => {
      const media = { kind: "noise", width: 1920, height: 1080, fps: FPS, seconds, seed: n } as const;
      return { id: `video-${n}`, src: await makeVideo(media), start: 0, duration: seconds, box };
    }),
  );
  // What the hook would have shown, for as large a screenshot: a picture of each video above it, moved a little with every frame.
  const pictures = boxes.map(
    ({ left, top }, n) =>
      `<div class="picture" style="left:${left}px;top:${top}px"><img src="picture-${n}.png"></div>`,
  );
  const css =
    `.picture { position: absolute; overflow: hidden; width: ${width}px; height: ${height}px; }` +
    `.picture img { width: 100%; height: 100%; animation: grow ${seconds}s linear both; }` +
    "@keyframes grow { to { transform: scale(1.1); } }";
  const composition = { width: 2 * width, height: 2 * height, duration: seconds, videos };
  const projects = { without: join(out, "floor-without"), native: join(out, "floor-native") } as const;
  writeComposition(projects.native, composition);
  writeComposition(projects.without, { ...composition, css, html: pictures.join("\n") });
  for (const [n, { src }] of videos.entries())
    await ffmpeg(["-i", src, "-frames:v", "1", join(projects.without, `picture-${n}.png`)]);
  const extractCacheDir = join(out, "floor-frames");
  const options = { extractCacheDir, frameFormat: "png", name: "floor", transport: "auto" } as const;
  const hookless = ["--import", pathToFileURL(join(root, "tools", "measure", "without-hook.ts")).href];
  const one = async (name: keyof typeof projects) => {
    const projectDir = projects[name];
    const result =
      name === "native"
        ? await attempt({ ...options, projectDir, mode: "native" })
        : await attempt({ ...options, projectDir, mode: "plain", nodeArgs: hookless });
    if (result instanceof Error) throw result;
    return result.measures;
  };
  await one("native"); // extracts the frames, which all others then find
  for (let pair = 0; pair < 3; pair++) {
    for (const name of pair % 2 === 0 ? (["without", "native"] as const) : (["native", "without"] as const)) {
      const { cpuMs, protocol } = await one(name);
      console.log(
        `${name === "native" ? "native" : "without any hook"}`.padEnd(20) +
          `Node's CPU ${(cpuMs / 1000).toFixed(1)} s, ${(protocol.receivedBytes / 1e6).toFixed(0)} MB from Chrome`,
      );
    }
  }
  rmSync(extractCacheDir, { recursive: true, force: true });
}

/** Thirty distinct videos in a grid of six by five. */
function clips(media: MediaOptions, duration: number): Promise<ClipOptions[]> {
  return Promise.all(
    Array.from({ length: VIDEOS }, async (_, n) => ({
      id: `video-${n}`,
      src: await makeVideo({ ...media, seed: n }),
      start: 0,
      duration,
      box: { left: (n % 6) * 320, top: Math.floor(n / 6) * 216, width: 320, height: 216 },
    })),
  );
}

/** The smallest and the largest file, as text. */
function sizes(videos: readonly ClipOptions[]): string {
  const megabytes = videos.map(({ src }) => statSync(src).size / 1e6);
  return `${Math.min(...megabytes).toFixed(0)} to ${Math.max(...megabytes).toFixed(0)} MB`;
}

interface Attempt {
  readonly projectDir: string;
  readonly extractCacheDir: string;
  readonly frameFormat: "jpg" | "png";
  readonly name: string;
  readonly mode: RenderMode;
  readonly transport: string;
  readonly nodeArgs?: readonly string[];
}

/** A render, or the error it ended with. */
async function attempt({ name, transport, ...options }: Attempt): Promise<RenderResult | Error> {
  try {
    return await render({
      ...options,
      outputPath: join(out, `${name}.mp4`),
      capture: "beginframe",
      workers: 1,
      env: transport === "" ? {} : { HYPERFRAMES_NATIVE_TRANSPORT: transport },
      timeoutMs: 20 * 60_000,
    });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function report(name: string, result: RenderResult | Error): void {
  if (result instanceof Error) {
    const reason =
      result.message.match(/[^\n]*(?:Error|failed|timed out|closed)[^\n]*/)?.[0] ?? result.message;
    console.log(`${name.padEnd(20)} FAILED: ${reason.trim().slice(0, 160)}`);
    return;
  }
  const { perfSummary, stats, measures } = result;
  const frame = perfSummary.captureP50Ms?.toFixed(0);
  const hook = stats?.hook;
  console.log(
    `${name.padEnd(20)} captured frame ${frame} ms, hook p50 ${hook?.p50Ms.toFixed(0)} p99 ${hook?.p99Ms.toFixed(0)} ms, ` +
      `Node's peak memory ${(measures.peakRssBytes / 1e6).toFixed(0)} MB`,
  );
}
