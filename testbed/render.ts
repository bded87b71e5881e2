// Renders a project with the real producer, in a child process.
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { RenderPerfSummary } from "@hyperframes/producer";
import { type Capture, nodeArguments, type RenderMode, renderEnvironment } from "./render-mode.ts";
import type {
  RenderDone,
  RenderLingered,
  RenderMessage,
  RenderOrder,
  RenderProgress,
} from "./render-protocol.ts";
import { runChild } from "./run-child.ts";
import { type NativeStats, readStats } from "./stats.ts";

export type { Capture, RenderMode } from "./render-mode.ts";

export interface RenderOptions {
  readonly projectDir: string;
  readonly outputPath: string;
  readonly mode: RenderMode;
  readonly capture: Capture;
  readonly fps?: number;
  readonly frameFormat?: RenderOrder["frameFormat"];
  readonly workers?: number;
  readonly outputFormat?: RenderOrder["outputFormat"];
  /** Default: `package`. */
  readonly producer?: RenderOrder["producer"];
  readonly motionBlur?: RenderOrder["motionBlur"];
  /** Where the producer keeps extracted frames; by default a folder that is deleted afterwards. */
  readonly extractCacheDir?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeArgs?: readonly string[];
  readonly timeoutMs?: number;
  readonly onProgress?: (progress: RenderProgress) => void;
}

export interface RenderResult {
  readonly outputPath: string;
  /** The producer's own account of the render. */
  readonly perfSummary: RenderPerfSummary;
  /** `null` for a plain render. */
  readonly stats: NativeStats | null;
  /** Peak memory of the Node process, without Chrome and ffmpeg, from the start of the capture on. */
  readonly peakRssMb: number;
  readonly wallMs: number;
  /** Processor time of the Node process, without Chrome and ffmpeg. */
  readonly cpuMs: number;
  /** What kept the process alive after the render; `null` where it ended by itself. */
  readonly lingered: readonly string[] | null;
  readonly log: string;
}

const DEFAULT_TIMEOUT_MS = 10 * 60_000;

/** Renders; rejects with the end of the log where that fails or takes too long. */
export async function render(options: RenderOptions): Promise<RenderResult> {
  const { mode, capture } = options;
  const scratch = mkdtempSync(path.join(os.tmpdir(), "hyperframes-testbed-"));
  try {
    const order: RenderOrder = {
      projectDir: options.projectDir,
      outputPath: options.outputPath,
      fps: options.fps ?? 30,
      frameFormat: options.frameFormat ?? "auto",
      workers: options.workers ?? 1,
      outputFormat: options.outputFormat ?? "mp4",
      producer: options.producer ?? "package",
      motionBlur: options.motionBlur ?? null,
    };
    const statsFile = path.join(scratch, "stats.json");
    const extractCacheDir = options.extractCacheDir ?? path.join(scratch, "extracted");
    const env = renderEnvironment({ mode, capture, extractCacheDir, statsFile });
    const child = path.join(import.meta.dirname, "render-child.ts");
    let done: RenderDone | undefined;
    let lingered: RenderLingered | undefined;
    const log = await runChild({
      label: `The ${mode} render (${capture})`,
      args: [...nodeArguments(mode), ...(options.nodeArgs ?? []), child, JSON.stringify(order)],
      env: { ...env, ...options.env },
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      onMessage(message) {
        const received = message as RenderMessage;
        if (received.type === "done") done = received;
        else if (received.type === "lingered") lingered = received;
        else options.onProgress?.(received);
      },
    });
    if (done === undefined) throw new Error(`The ${mode} render (${capture}) did not say what it did`);
    return {
      outputPath: options.outputPath,
      perfSummary: done.perfSummary,
      stats: mode === "plain" ? null : readStats(statsFile),
      peakRssMb: done.peakRssMb,
      wallMs: done.wallMs,
      cpuMs: done.cpuMs,
      lingered: lingered?.activeResources ?? null,
      log,
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
