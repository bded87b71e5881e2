/** Results of `hyperframes-native bench` that look like measured ones, and the cases at the edge. */
import type { PicturesVerdict } from "../../dist/tools/bench/judge-pictures.js";
import type { BenchPair, BenchRender, BenchResult } from "../../dist/tools/bench/result.js";
import { Random } from "./random.ts";

const FRAMES = 120;

/** What makes one render of the fixture differ from another. */
interface Shape {
  readonly mode: BenchRender["mode"];
  readonly seed: number;
  readonly frames: number;
  /** What the rest of the machine did to all times of the render. */
  readonly slowness: number;
  readonly hookMs: number;
  readonly firstMs: number;
  readonly captureMs: number;
  readonly otherMs: number;
  readonly restMb: number;
  readonly swingMb: number;
  readonly sentBytes: number;
}

type Typical = Omit<Shape, "seed" | "frames" | "slowness">;

const STOCK: Typical = {
  ...{ mode: "stock" as const, hookMs: 886, firstMs: 1540, captureMs: 118, otherMs: 31 },
  ...{ restMb: 470, swingMb: 310, sentBytes: 1.472e9 },
};
const NATIVE: Typical = {
  ...{ mode: "native" as const, hookMs: 23, firstMs: 212, captureMs: 131, otherMs: 24 },
  ...{ restMb: 214, swingMb: 66, sentBytes: 2.31e6 },
};

/** 120 frames, three pairs, all frames identical. */
export function realResult(): BenchResult {
  return withPairs([pair(1, 0.01, 1), pair(2, 0.03, 1.12), pair(3, 0.02, 1.04)]);
}

/** As `realResult`, but seven frames of the second pair differ, and all text is as hostile as text can be. */
export function differingResult(): BenchResult {
  const result = realResult();
  const [first, second, third] = result.pairs as [BenchPair, BenchPair, BenchPair];
  const hostile = `</script><img src=x onerror="document.title='&broken'"><!-- '`;
  return {
    ...result,
    project: `/home/me/${hostile}/${"a-rather-long-folder-name".repeat(5)}`,
    machine: { ...result.machine, cpu: hostile, os: hostile, chrome: null, ffmpeg: hostile },
    pairs: [
      { ...first, busy: 0.62 },
      {
        ...second,
        native: {
          ...second.native,
          framesBy: { file: 470, inline: 10 },
          choices: [`inline; file: ${hostile}`],
          fallbacks: [{ reason: `a frame went inline: ${hostile}`, count: 10 }],
        },
      },
      third,
    ],
    pictures: samePictures({ differing: [[], [41, 42, 43, 44, 45, 46, 80], []] }),
  };
}

/** What a page that is not the same twice gives, where native is within that. */
export function flickeringResult(): BenchResult {
  const where = { left: 40, top: 60, right: 420, bottom: 130 };
  const flickering = Array.from({ length: 12 }, (_, n) => 36 + n);
  return { ...realResult(), pictures: samePictures({ flickering, where }) };
}

/** One pair of renders of one frame. */
export function oneFrameResult(): BenchResult {
  return {
    ...withPairs([pair(1, 0.01, 1, 1)]),
    pictures: samePictures({ frames: 1, stocks: 1, differing: [[]] }),
  };
}

/** Renders that gave no series, no captured frame, and numbers of zero; nothing was compared. */
export function noSeriesResult(): BenchResult {
  const bare = (render: BenchRender): BenchRender => ({
    ...render,
    capturedFrameMs: null,
    framesBy: {},
    choices: [],
    calls: [],
    memory: [],
    stages: null,
    processes: null,
    protocol: { sentBytes: 0, receivedBytes: 0 },
    eventLoopDelay: { p50Ms: 0, p99Ms: 0, maxMs: 0 },
  });
  const { stock, native } = pair(1, 0.01, 1);
  const pairs = [{ stock: bare(stock), native: bare(native), busy: 0 }];
  return { ...withPairs(pairs), extractionMs: null, pictures: null };
}

/** Nothing differs, but for what is given. */
function samePictures(given: Partial<PicturesVerdict> = {}): PicturesVerdict {
  const pictures = { frames: FRAMES, stocks: 3, differing: [[], [], []], flickering: [], where: null };
  return { ...pictures, ...given };
}

function withPairs(pairs: readonly BenchPair[]): BenchResult {
  return {
    version: "0.1.0",
    startedAt: "2026-11-22T18:04:31.000Z",
    project: "four-videos",
    options: { fps: 30, workers: 1, quality: "standard", frameFormat: "jpg", capture: "beginframe" },
    machine: {
      cpu: "AMD EPYC 7763 64-Core Processor",
      cores: 2,
      memoryBytes: 8_322_048_000,
      os: "Linux 6.8.0 x64, Debian GNU/Linux 13 (trixie)",
      node: "v22.20.0",
      chrome: "HeadlessChrome/142.0.7444.59",
      ffmpeg: "7.1.2-0+deb13u1",
      renderer: { name: "@hyperframes/producer", version: "0.8.33" },
    },
    extractionMs: 8140,
    pairs,
    pictures: samePictures(),
  };
}

function pair(seed: number, busy: number, slowness: number, frames = FRAMES): BenchPair {
  return {
    stock: render({ ...STOCK, seed, frames, slowness }),
    native: render({ ...NATIVE, seed: seed + 100, frames, slowness: 1 + (slowness - 1) / 3 }),
    busy,
  };
}

function render(shape: Shape): BenchRender {
  const { mode, frames, slowness, restMb, swingMb, sentBytes } = shape;
  const [captureMs, otherMs] = [shape.captureMs * slowness, shape.otherMs * slowness];
  const numbers = new Random(shape.seed);
  const random = () => numbers.next();
  const hooks = Array.from({ length: frames }, (_, n) => hookTime(shape, n, random));
  const sorted = hooks.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(frames - 1, Math.floor(share * frames))] ?? 0;
  const meanMs = hooks.reduce((sum, ms) => sum + ms, 0) / frames;
  const frameMs = meanMs + captureMs + otherMs;
  const calls = hooks.map((hookMs, n) => ({ atMs: n * frameMs, hookMs, time: n / 30 }));
  const wallMs = frames * frameMs + 7800 + 900 * random();
  const cpuMs = frames * (mode === "stock" ? 420 : 115) + 2600 * random();
  const chromeMs = frames * (captureMs + 20);
  let grown = 0;
  const memory = Array.from({ length: Math.ceil((frames * frameMs) / 250) + 6 }, (_, n) => {
    // The collector lets memory grow and takes it back, again and again.
    if (grown === 1 || (grown > 0.6 && random() > 0.9)) grown = 0.2 * random();
    grown = Math.min(1, grown + random() / 12);
    const warm = 1 - Math.exp(-n / 8);
    const megabytes = 150 + (restMb - 150) * warm + swingMb * warm * grown + 6 * random();
    return { atMs: (n - 4) * 250, rssBytes: Math.round(megabytes * 1e6) };
  });
  return {
    mode,
    capture: "beginframe",
    workers: 1,
    capturedFrameMs: at(0.5) + captureMs,
    hook: { calls: frames, meanMs, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), maxMs: at(1) },
    split: { hookMs: meanMs, captureMs, otherMs },
    wallMs,
    stages: { extractMs: 120 + 20 * random(), captureMs: frames * frameMs + 400, encodeMs: null },
    processes: {
      cpuMs: { node: cpuMs, chrome: chromeMs, ffmpeg: 5200 },
      chromeThreads: [
        { name: "renderer main", cpuMs: 0.4 * chromeMs },
        { name: "gpu-process VizCompositorTh", cpuMs: 0.3 * chromeMs },
        { name: `renderer ${mode === "stock" ? "Media" : "ThreadPoolForeg"}`, cpuMs: 0.2 * chromeMs },
      ],
      peakRssBytes: Math.round(1.6e9 + restMb * 1e6),
    },
    cpuMs,
    peakRssBytes: Math.max(...memory.map(({ rssBytes }) => rssBytes)),
    protocol: { sentBytes: Math.round(sentBytes * (0.999 + 0.002 * random())), receivedBytes: 61_204_118 },
    eventLoopDelay:
      mode === "stock"
        ? { p50Ms: 0.61, p99Ms: 138 + 20 * random(), maxMs: 392 + 60 * random() }
        : { p50Ms: 0.24, p99Ms: 2.4 + 2 * random(), maxMs: 21 + 9 * random() },
    swapped: ["@hyperframes/engine 0.8.33"],
    untouched: [],
    framesBy: mode === "stock" ? {} : { file: frames * 4 },
    choices: mode === "stock" ? [] : ["file"],
    fallbacks: [],
    calls,
    memory,
  };
}

function hookTime({ mode, hookMs, firstMs, slowness }: Shape, call: number, random: () => number): number {
  if (call === 0) return slowness * firstMs * (0.95 + 0.1 * random());
  const noise = 0.94 + 0.12 * random();
  const hiccup = random() > 0.97 ? 1.5 : 1;
  // Sources for the steps to come are made every few dozen steps.
  const refill = mode === "native" && call % 32 === 0 ? 46 : 0;
  return slowness * (hookMs * noise * hiccup + refill);
}
