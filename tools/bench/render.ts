import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RenderPerfSummary } from "@hyperframes/producer";
import type { ProcessReportJson } from "../../ts/telemetry/process-report.js";
import { ChildFailure, RenderFailure } from "./failures.js";
import type { ProcessUse } from "./process-watch.js";
import { type Capture, nodeArguments, type RenderMode, renderEnvironment } from "./render-environment.js";
import type { RenderMeasures } from "./render-meter.js";
import type {
  RenderDone,
  RenderFailed,
  RenderLingered,
  RenderMessage,
  RenderOrder,
  RenderProgress,
} from "./render-order.js";
import type { Renderer } from "./renderer.js";
import { runChild } from "./run-child.js";

export interface RenderOptions extends Pick<RenderOrder, "projectDir" | "outputPath"> {
  readonly renderer: Renderer;
  readonly mode: RenderMode;
  readonly capture: Capture;
  readonly fps?: number;
  readonly frameFormat?: RenderOrder["frameFormat"];
  readonly workers?: RenderOrder["workers"];
  /** Default: `standard`, which every version knows. */
  readonly quality?: RenderOrder["quality"];
  readonly outputFormat?: RenderOrder["outputFormat"];
  readonly motionBlur?: RenderOrder["motionBlur"];
  readonly crf?: RenderOrder["crf"];
  /** Where the producer keeps extracted frames; by default a folder that is deleted afterwards. */
  readonly extractCacheDir?: string;
  /** Where the folder for the render's own files is made; by default among the system's temporary files. */
  readonly scratchParent?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeArgs?: readonly string[];
  /** Path of another Node to render on. */
  readonly node?: string;
  /** What `--import` is given; by default this package's own file. */
  readonly register?: string;
  /** Working directory of the render; by default this process's. */
  readonly cwd?: string;
  readonly timeoutMs?: number;
  /** Ends the render. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RenderProgress) => void;
}

export interface RenderResult {
  readonly outputPath: string;
  /** The producer's own account of the render. */
  readonly perfSummary: RenderPerfSummary;
  readonly measures: RenderMeasures;
  /** `null` for a plain render. */
  readonly stats: ProcessReportJson | null;
  /** What kept the process alive after the render; `null` where it ended by itself. */
  readonly lingered: readonly string[] | null;
  readonly log: string;
  /** `null` where the system says nothing of processes. */
  readonly processes: ProcessUse | null;
}

const DEFAULT_TIMEOUT_MS = 10 * 60_000;

/**
 * Renders in a process of its own.
 * @throws {RenderFailure} with the end of the log, where that fails or takes too long.
 */
export async function render(options: RenderOptions): Promise<RenderResult> {
  const { mode, capture, renderer } = options;
  const scratch = mkdtempSync(join(options.scratchParent ?? tmpdir(), "hyperframes-native-"));
  try {
    const order: RenderOrder = {
      entry: renderer.entry,
      projectDir: options.projectDir,
      outputPath: options.outputPath,
      fps: options.fps ?? 30,
      frameFormat: options.frameFormat ?? "auto",
      workers: options.workers ?? 1,
      quality: options.quality ?? "standard",
      outputFormat: options.outputFormat ?? "mp4",
      motionBlur: options.motionBlur ?? null,
      crf: options.crf ?? null,
    };
    const statsFile = join(scratch, "stats.json");
    const extractCacheDir = options.extractCacheDir ?? join(scratch, "extracted");
    const env = renderEnvironment({ mode, capture, extractCacheDir, statsFile });
    const child = fileURLToPath(new URL("render-child.js", import.meta.url));
    const label = `The ${mode} render (${capture})`;
    let done: RenderDone | undefined;
    let lingered: RenderLingered | undefined;
    let failed: RenderFailed | undefined;
    const running = runChild({
      label,
      program: options.node,
      args: [
        ...nodeArguments(mode, options.register),
        ...(options.nodeArgs ?? []),
        ...[child, JSON.stringify(order)],
      ],
      env: { ...env, ...renderer.env, ...options.env },
      cwd: options.cwd ?? process.cwd(),
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      onMessage(message) {
        const received = message as RenderMessage;
        if (received.type === "done") done = received;
        else if (received.type === "failed") failed = received;
        else if (received.type === "lingered") lingered = received;
        else options.onProgress?.(received);
      },
    });
    const { log, processes } = await running.catch((error: unknown) => {
      if (!(error instanceof ChildFailure)) throw error;
      const { message, log, timedOut } = error;
      throw new RenderFailure(message, { reason: failed?.message ?? null, log, timedOut });
    });
    if (done === undefined) throw new Error(`${label} did not say what it did`);
    return {
      outputPath: options.outputPath,
      perfSummary: done.perfSummary,
      measures: done.measures,
      stats: mode === "plain" ? null : readReport(statsFile),
      lingered: lingered?.activeResources ?? null,
      log,
      processes,
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Reads a statistics file; a missing one throws, since then the drop-in was not loaded. */
export function readReport(file: string): ProcessReportJson {
  return JSON.parse(readFileSync(file, "utf8")) as ProcessReportJson;
}
