// Renders a project with the real producer, in a child process.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { RenderPerfSummary } from "@hyperframes/producer";
import { root } from "./paths.ts";
import { processTree } from "./process-tree.ts";
import type {
  RenderDone,
  RenderLingered,
  RenderMessage,
  RenderOrder,
  RenderProgress,
} from "./render-protocol.ts";
import { type NativeStats, readStats } from "./stats.ts";

/**
 * - `plain`: HyperFrames as it is, our package not even loaded; gives no statistics.
 * - `stock`: our package loaded with HYPERFRAMES_NATIVE=off; upstream's function runs and is timed.
 * - `native`: our package loaded and on.
 */
export type RenderMode = "plain" | "stock" | "native";

export type Capture = "beginframe" | "screenshot";

export interface RenderOptions {
  readonly projectDir: string;
  readonly outputPath: string;
  readonly mode: RenderMode;
  readonly capture: Capture;
  readonly fps?: number;
  readonly frameFormat?: RenderOrder["frameFormat"];
  readonly workers?: number;
  readonly outputFormat?: RenderOrder["outputFormat"];
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
  /** Peak memory of the Node process, without Chrome and ffmpeg. */
  readonly peakRssMb: number;
  readonly wallMs: number;
  /** Processor time of the Node process, without Chrome and ffmpeg. */
  readonly cpuMs: number;
  /** What kept the process alive after the render; `null` where it ended by itself. */
  readonly lingered: readonly string[] | null;
  readonly log: string;
}

const DEFAULT_TIMEOUT_MS = 10 * 60_000;
const TERM_GRACE_MS = 5_000;
/** Enough for the producer's traces of a render of minutes. */
const LOG_LIMIT = 512 * 1024;
const LOG_TAIL = 6_000;

/** Found through the package's own name, as a user's project finds it: the child's working directory is the repository. */
const REGISTER = "hyperframes-native/register";

function childEnvironment(options: RenderOptions, scratch: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  // Whatever is set around the testbed must not decide what it measures.
  for (const name of Object.keys(env)) if (name.startsWith("HYPERFRAMES_NATIVE")) delete env[name];
  // `node --test` marks its children, which then report in its own format.
  delete env.NODE_TEST_CONTEXT;
  env.PRODUCER_FORCE_SCREENSHOT = String(options.capture === "screenshot");
  env.HYPERFRAMES_EXTRACT_CACHE_DIR = options.extractCacheDir ?? path.join(scratch, "extracted");
  if (options.mode !== "plain") env.HYPERFRAMES_NATIVE_STATS = path.join(scratch, "stats.json");
  if (options.mode === "stock") env.HYPERFRAMES_NATIVE = "off";
  return { ...env, ...options.env };
}

/** Ends the render and what it started: first politely, so that puppeteer can close its browser, then for good. */
function endTree(pid: number): void {
  const signal = (target: number, name: NodeJS.Signals) => {
    try {
      process.kill(target, name);
    } catch {
      // It has ended.
    }
  };
  // Listed now: once their parent is gone its children belong to init and could not be told apart.
  const tree = processTree(pid);
  signal(pid, "SIGTERM");
  setTimeout(() => {
    for (const member of tree) signal(member, "SIGKILL");
  }, TERM_GRACE_MS);
}

interface ChildOutcome {
  readonly done: RenderDone;
  readonly lingered: RenderLingered | null;
  readonly log: string;
}

function runChild(options: RenderOptions, order: RenderOrder, env: NodeJS.ProcessEnv): Promise<ChildOutcome> {
  const args = [
    "--disable-warning=ExperimentalWarning",
    ...(options.mode === "plain" ? [] : ["--import", REGISTER]),
    ...(options.nodeArgs ?? []),
    path.join(import.meta.dirname, "render-child.ts"),
    JSON.stringify(order),
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe", "ipc"] });
    let log = "";
    const keep = (chunk: string) => {
      log = (log + chunk).slice(-LOG_LIMIT);
    };
    child.stdout?.setEncoding("utf8").on("data", keep);
    child.stderr?.setEncoding("utf8").on("data", keep);

    let done: RenderDone | null = null;
    let lingered: RenderLingered | null = null;
    child.on("message", (message) => {
      const received = message as RenderMessage;
      if (received.type === "done") done = received;
      else if (received.type === "lingered") lingered = received;
      else options.onProgress?.(received);
    });

    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      if (child.pid !== undefined) endTree(child.pid);
    }, timeoutMs);

    child.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      if (done !== null && code === 0 && !timedOut) {
        resolve({ done, lingered, log });
        return;
      }
      const why = timedOut
        ? `took more than ${timeoutMs / 1000} s`
        : `ended with ${signal ?? `exit code ${code}`}`;
      reject(
        new Error(
          `The ${options.mode} render (${options.capture}) ${why}. Its last lines:\n${log.slice(-LOG_TAIL)}`,
        ),
      );
    });
  });
}

/** Renders; rejects with the end of the log where that fails or takes too long. */
export async function render(options: RenderOptions): Promise<RenderResult> {
  const scratch = mkdtempSync(path.join(os.tmpdir(), "hyperframes-testbed-"));
  try {
    const order: RenderOrder = {
      projectDir: options.projectDir,
      outputPath: options.outputPath,
      fps: options.fps ?? 30,
      frameFormat: options.frameFormat ?? "auto",
      workers: options.workers ?? 1,
      outputFormat: options.outputFormat ?? "mp4",
    };
    const { done, lingered, log } = await runChild(options, order, childEnvironment(options, scratch));
    return {
      outputPath: options.outputPath,
      perfSummary: done.perfSummary,
      stats: options.mode === "plain" ? null : readStats(path.join(scratch, "stats.json")),
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
