import { loadavg } from "node:os";
import { basename, join } from "node:path";
import { PACKAGE_VERSION } from "../package-version.js";
import { compareFrames } from "./compare-frames.js";
import { describeMachine } from "./machine.js";
import { type RenderResult, render } from "./render.js";
import type { Renderer } from "./renderer.js";
import type { BenchOptions, BenchPair, BenchRender, BenchResult } from "./result.js";

/** What is to be measured. */
export interface BenchOrder {
  readonly project: string;
  readonly renderer: Renderer;
  readonly options: BenchOptions;
  readonly pairs: number;
  /** Path of the browser, to say its version; `null` where it is not known. */
  readonly chrome: string | null;
  /** Variables of both renders. */
  readonly env: Readonly<Record<string, string>>;
  /** Folder for the videos, the last of each kind, and for the extracted frames. */
  readonly directory: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Told what begins. Returns what is told how far it is, from 0 to 1. */
  readonly onStage: (stage: string) => (done: number) => void;
}

/** The two videos of the last pair. */
export function videoOf(directory: string, mode: BenchRender["mode"]): string {
  return join(directory, `${mode}.mp4`);
}

/**
 * Renders stock and native in turn, as often as is asked for, after a warm-up that extracts the frames.
 * @throws when a render fails or takes too long.
 */
export async function bench(order: BenchOrder): Promise<BenchResult> {
  const startedAt = new Date().toISOString();
  const { project, options, pairs: count, directory, onStage } = order;
  const one = (mode: BenchRender["mode"], stage: string) => {
    const progress = onStage(stage);
    return render({
      ...{ renderer: order.renderer, projectDir: project, outputPath: videoOf(directory, mode), mode },
      ...{ capture: options.capture, fps: options.fps, workers: options.workers },
      ...{ frameFormat: options.frameFormat, timeoutMs: order.timeoutMs, env: order.env },
      extractCacheDir: join(directory, "frames"),
      ...(order.signal === undefined ? {} : { signal: order.signal }),
      onProgress: ({ done }) => progress(done),
    });
  };
  const machine = await describeMachine(order.renderer, order.chrome);
  await one("native", "warm-up");
  const pairs: BenchPair[] = [];
  for (let n = 0; n < count; n++) {
    const load = process.platform === "win32" ? null : (loadavg()[0] ?? null);
    // Turn about, so that a machine that gets slower or faster favours neither.
    const modes = n % 2 === 0 ? (["stock", "native"] as const) : (["native", "stock"] as const);
    const rendered = new Map<BenchRender["mode"], BenchRender>();
    for (const mode of modes) {
      const result = await one(mode, `pair ${n + 1} of ${count}, ${mode}`);
      rendered.set(mode, measured(mode, result, options.workers));
    }
    onStage(`pair ${n + 1} of ${count}, comparing`);
    const { frames, differing, firstDifference } = await compareFrames(
      videoOf(directory, "stock"),
      videoOf(directory, "native"),
    );
    const [stock, native] = [rendered.get("stock"), rendered.get("native")];
    if (stock === undefined || native === undefined) throw new Error("a pair has one render");
    pairs.push({ stock, native, load, comparison: { frames, differing, firstDifference } });
  }
  // Its name alone: reports are handed around.
  return { version: PACKAGE_VERSION, startedAt, project: basename(project), options, machine, pairs };
}

function measured(mode: BenchRender["mode"], result: RenderResult, workers: number): BenchRender {
  const { stats, measures, perfSummary } = result;
  if (stats === null) throw new Error(`The ${mode} render gave no statistics`);
  const { calls, totalMs, p50Ms, p95Ms, p99Ms, maxMs } = stats.hook;
  const capturedFrameMs = perfSummary.captureP50Ms ?? null;
  return {
    mode,
    capturedFrameMs,
    hook: { calls, meanMs: calls === 0 ? 0 : totalMs / calls, p50Ms, p95Ms, p99Ms, maxMs },
    split: split(measures.calls, capturedFrameMs, p50Ms, workers),
    wallMs: measures.wallMs,
    cpuMs: measures.cpuMs,
    peakRssBytes: measures.peakRssBytes,
    protocol: measures.protocol,
    eventLoopDelay: measures.eventLoopDelay,
    framesBy: mode === "stock" ? {} : { ...stats.framesBy },
    choices: measures.choices.map(({ transport, rejected }) => [transport, ...rejected].join("; ")),
    fallbacks: stats.fallbacks,
    calls: measures.calls,
    memory: measures.memory,
  };
}

/**
 * The parts of a frame's mean time. From one call of the hook to the next a frame is captured, handed on, and the next one
 * sought; the producer's median says how much of it is the capture.
 */
function split(
  calls: RenderResult["measures"]["calls"],
  capturedFrameMs: number | null,
  hookP50Ms: number,
  workers: number,
): BenchRender["split"] {
  const hookMs = calls.reduce((sum, call) => sum + call.hookMs, 0) / Math.max(1, calls.length);
  const [first, last] = [calls[0], calls.at(-1)];
  const between =
    first === undefined || last === undefined || calls.length < 2
      ? hookMs
      : ((last.atMs - first.atMs) / (calls.length - 1)) * workers;
  const left = Math.max(0, between - hookMs);
  const captureMs = Math.min(left, Math.max(0, (capturedFrameMs ?? 0) - hookP50Ms));
  return { hookMs, captureMs, otherMs: left - captureMs };
}
