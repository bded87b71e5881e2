import { mkdtempSync } from "node:fs";
import { basename, join } from "node:path";
import { PACKAGE_VERSION } from "../../ts/package-version.js";
import { alternate, type StockAndNative } from "./alternate.js";
import { failureMessage, RenderFailure, reasonOf, sentence } from "./failures.js";
import { judgePictures, STOCK_RENDERS } from "./judge-pictures.js";
import { busyShare, describeMachine } from "./machine.js";
import { type RenderResult, render } from "./render.js";
import type { RenderMode } from "./render-environment.js";
import type { Renderer } from "./renderer.js";
import type { BenchOptions, BenchPair, BenchRender, BenchResult } from "./result.js";
import { stagesOf } from "./stages.js";

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
  /** Folder for the videos and all that renders leave lying about; the caller deletes it. */
  readonly directory: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Told what begins. Returns what is told how far it is, from 0 to 1. */
  readonly onStage: (stage: string) => (done: number) => void;
  /** Told what is known so far, after each pair, and the paths of its videos. */
  readonly onPair: (result: BenchResult, videos: StockAndNative<string>) => void;
}

/**
 * Renders stock and native in turn, as often as is asked for, after a warm-up that extracts the frames. Then compares the pictures.
 * @throws {FruitlessBench} after the warm-up, where there is nothing to compare.
 * @throws when a render fails, takes too long, or is aborted.
 */
export async function bench(order: BenchOrder): Promise<BenchResult> {
  const startedAt = new Date().toISOString();
  const { project, options, pairs: count, directory, onStage } = order;
  const videoOf = (mode: RenderMode, n: number | string) => join(directory, `${mode}-${n}.mp4`);
  const extractCacheDir = mkdtempSync(join(directory, "frames-"));
  const encoder = order.renderer.qualities[options.quality] ?? { quality: options.quality, crf: null };
  const env = { ...(options.capture === "auto" ? autoEnvironment(order.renderer) : {}), ...order.env };
  const one = (mode: RenderMode, stage: string, outputPath = videoOf(mode, "warm-up")) => {
    order.signal?.throwIfAborted();
    const progress = onStage(stage);
    return render({
      ...{ renderer: order.renderer, projectDir: project, outputPath, mode },
      ...{ capture: options.capture, fps: options.fps, workers: options.workers, ...encoder },
      ...{ frameFormat: options.frameFormat, timeoutMs: order.timeoutMs, env },
      ...{ extractCacheDir, scratchParent: directory },
      ...(order.signal === undefined ? {} : { signal: order.signal }),
      onProgress: ({ done }) => progress(done),
    });
  };
  const machine = await describeMachine(order.renderer, order.chrome);
  let extractionMs: number | null;
  try {
    const warmUp = await one("native", "warm-up");
    refuseFruitless(warmUp);
    extractionMs = stagesOf(warmUp.log)?.extractMs ?? null;
  } catch (error) {
    if (!(error instanceof RenderFailure) || order.signal?.aborted) throw error;
    throw new Error(await warmUpFailed(error, () => one("plain", "warm-up without the drop-in")), {
      cause: error,
    });
  }
  const pairs: BenchPair[] = [];
  let result: BenchResult | undefined;
  const [stocks, natives]: [string[], string[]] = [[], []];
  for (let n = 0; n < count; n++) {
    const busy = await busyShare(order.signal);
    const videos = { stock: videoOf("stock", n + 1), native: videoOf("native", n + 1) };
    const { stock, native } = await alternate(n, async (mode) => {
      const rendering = one(mode, `pair ${n + 1} of ${count}, ${mode}`, videos[mode]);
      return measured(mode, await toldWhere(`The ${mode} render of pair ${n + 1}`, rendering));
    });
    stocks.push(videos.stock);
    natives.push(videos.native);
    pairs.push({ stock, native, busy });
    // The name alone: reports are handed around.
    result = {
      version: PACKAGE_VERSION,
      startedAt,
      project: basename(project),
      options,
      machine,
      extractionMs,
      pairs,
      pictures: null,
    };
    order.onPair(result, videos);
  }
  if (result === undefined) throw new RangeError("no pair was asked for");
  onStage("comparing");
  const renderStock = async (n: number) => {
    // For its pictures alone: it is in no pair.
    const rendering = one(
      "stock",
      `stock once more, to compare (${n} of ${STOCK_RENDERS})`,
      videoOf("stock", n),
    );
    const { outputPath } = await toldWhere("The stock render to compare with", rendering);
    onStage("comparing");
    return outputPath;
  };
  const pictures = await judgePictures(stocks, natives, renderStock, {
    timeoutMs: order.timeoutMs,
    ...(order.signal === undefined ? {} : { signal: order.signal }),
  });
  return { ...result, pictures };
}

/** Why nothing is benched after the warm-up: a sentence or two. */
export class FruitlessBench extends Error {
  /** Whether it is the drop-in's doing. */
  readonly isFault: boolean;

  constructor(message: string, isFault: boolean) {
    super(message);
    this.isFault = isFault;
  }
}

/** The pairs would take minutes, and say what is known now. */
function refuseFruitless({ stats }: RenderResult): void {
  if (stats === null) return;
  const { swapped, untouched, fallbacks, hook } = stats;
  if (swapped.length === 0) {
    const reasons = [...untouched, ...fallbacks].map(({ reason }) => reason);
    const why = reasons.length === 0 ? "" : ` (${[...new Set(reasons)].join("; ")})`;
    const advice = "Ask: npx hyperframes-native doctor";
    throw new FruitlessBench(`The drop-in did not run: nothing was swapped${why}. ${advice}`, true);
  }
  if (hook.calls === 0)
    throw new FruitlessBench(
      "There is no video on the page: the drop-in has nothing to do, and nothing was benched.",
      false,
    );
}

/** What the renderer's own program would ask for; as there, the user's own variables go first. */
function autoEnvironment({ autoEnv }: Renderer): Readonly<Record<string, string>> {
  const { PRODUCER_BROWSER_GPU_MODE: gpu, PRODUCER_FORCE_SCREENSHOT: screenshot } = process.env;
  // It opts out of screenshots only where it may look for a GPU itself.
  if (screenshot || (gpu && gpu !== "auto")) return {};
  return autoEnv;
}

/** What a user is told of a warm-up that failed: also whether it is the drop-in's fault, for which it is rendered once more. */
async function warmUpFailed(failure: RenderFailure, renderPlain: () => Promise<unknown>): Promise<string> {
  const what = "The warm-up render";
  // It would take as long again.
  if (failure.timedOut) return failureMessage(what, failure);
  try {
    await renderPlain();
  } catch (error) {
    if (!(error instanceof RenderFailure)) throw error;
    const [one, other] = [failure, error].map(reasonOf);
    const alike = one === other ? "with the same message" : `with: ${sentence(other ?? "")}`;
    return failureMessage(what, failure, sentence(`It fails without the drop-in too, ${alike}`));
  }
  const advice = "Without the drop-in it renders: please report this as a fault of hyperframes-native.";
  return failureMessage(what, failure, advice);
}

/** A render; its failure says which one it was. */
async function toldWhere(what: string, rendering: Promise<RenderResult>): Promise<RenderResult> {
  try {
    return await rendering;
  } catch (error) {
    if (!(error instanceof RenderFailure)) throw error;
    throw new Error(failureMessage(what, error), { cause: error });
  }
}

function measured(mode: BenchRender["mode"], result: RenderResult): BenchRender {
  const { stats, measures, perfSummary, processes } = result;
  if (stats === null) throw new Error(`The ${mode} render gave no statistics`);
  const { totalMs, ...hook } = stats.hook;
  const { choices, ...rest } = measures;
  const capturedFrameMs = perfSummary.captureP50Ms ?? null;
  const { workers } = perfSummary;
  return {
    mode,
    // By its own account of the frames; older producers have none.
    capture: perfSummary.drawElement?.mode ?? null,
    workers,
    capturedFrameMs,
    hook: { ...hook, meanMs: hook.calls === 0 ? 0 : totalMs / hook.calls },
    split: split(measures.calls, capturedFrameMs, workers),
    stages: stagesOf(result.log),
    // Node's own account of itself is exact.
    processes: processes && { ...processes, cpuMs: { ...processes.cpuMs, node: measures.cpuMs } },
    swapped: [...new Set(stats.swapped.map((one) => `${one.package} ${one.version}`))],
    untouched: stats.untouched.map((one) => `${one.package} ${one.version}: ${one.reason}`),
    framesBy: mode === "stock" ? {} : { ...stats.framesBy },
    choices: choices.map(({ transport, rejected }) => [transport, ...rejected].join("; ")),
    fallbacks: stats.fallbacks,
    ...rest,
  };
}

/**
 * The parts of a frame's mean time. From one frame's first call of the hook to the next one's a frame is captured, handed on, and
 * the next one sought; the producer's median says how much of it is the capture. Calls in a row for one time are one frame's:
 * scenes in layers have several.
 */
function split(
  calls: RenderResult["measures"]["calls"],
  capturedFrameMs: number | null,
  workers: number,
): BenchRender["split"] {
  const starts = calls.filter(({ time }, n) => n === 0 || time !== calls[n - 1]?.time);
  const [first, last] = [starts[0], starts.at(-1)];
  if (first === undefined || last === undefined) return { hookMs: 0, captureMs: 0, otherMs: 0 };
  const hookMs = calls.reduce((sum, call) => sum + call.hookMs, 0) / starts.length;
  const between = starts.length < 2 ? hookMs : ((last.atMs - first.atMs) / (starts.length - 1)) * workers;
  const left = Math.max(0, between - hookMs);
  const hooks = calls.map((call) => call.hookMs).toSorted((a, b) => a - b);
  const hookP50Ms = ((hooks[Math.floor(hooks.length / 2)] ?? 0) * calls.length) / starts.length;
  const captureMs = Math.min(left, Math.max(0, (capturedFrameMs ?? 0) - hookP50Ms));
  return { hookMs, captureMs, otherMs: left - captureMs };
}
