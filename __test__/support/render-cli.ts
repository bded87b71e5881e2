// Renders a project with a CLI, `hyperframes render`, as a user would: in a child process, by its command line.
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { ProcessReportJson } from "hyperframes-native";
import type { ProcessUse } from "../../dist/tools/bench/process-watch.js";
import { readReport } from "../../dist/tools/bench/render.js";
import {
  type Capture,
  nodeArguments,
  type RenderMode,
  renderEnvironment,
} from "../../dist/tools/bench/render-environment.js";
import { runChild } from "../../dist/tools/bench/run-child.js";
import { cliProgram } from "./installed.ts";
import { root } from "./paths.ts";
import { REGISTER } from "./render.ts";

export interface CliRenderOptions {
  readonly projectDir: string;
  readonly outputPath: string;
  readonly mode: RenderMode;
  readonly capture: Capture;
  readonly frameFormat?: "auto" | "jpg" | "png";
  readonly workers?: number;
  /** At the CLI's default flags: workers and frame format are its own choice. */
  readonly asUsersDo?: boolean;
  /** Further arguments of `hyperframes render`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Further arguments of Node. */
  readonly nodeArgs?: readonly string[];
  /** The CLI's program; by default that of the installed, newest one. */
  readonly program?: string;
  readonly timeoutMs?: number;
}

export interface CliRenderResult {
  readonly outputPath: string;
  /** `null` for a plain render. */
  readonly stats: ProcessReportJson | null;
  readonly log: string;
  /** What its processes took of the machine; `null` where the system does not say. */
  readonly processes: ProcessUse | null;
}

const DEFAULT_TIMEOUT_MS = 10 * 60_000;

/** Keeps the CLI from reporting, looking for updates and keeping a history, and gives it a home that goes with the render. */
function quietEnvironment(home: string): Record<string, string> {
  const chrome = process.env.HYPERFRAMES_BROWSER_PATH ?? process.env.PRODUCER_HEADLESS_SHELL_PATH;
  return {
    HOME: home,
    USERPROFILE: home,
    HYPERFRAMES_HISTORY_ROOT: path.join(home, "history"),
    HYPERFRAMES_NO_TELEMETRY: "1",
    HYPERFRAMES_NO_UPDATE_CHECK: "1",
    HYPERFRAMES_SKIP_SKILLS: "1",
    ...(chrome === undefined ? {} : { HYPERFRAMES_BROWSER_PATH: chrome }),
  };
}

/** Renders; rejects with the end of the log where that fails or takes too long. */
export async function renderWithCli(options: CliRenderOptions): Promise<CliRenderResult> {
  const { mode, capture, projectDir, outputPath } = options;
  const scratch = mkdtempSync(path.join(os.tmpdir(), "hyperframes-testbed-"));
  try {
    const statsFile = path.join(scratch, "stats.json");
    const extractCacheDir = path.join(scratch, "extracted");
    const { log, processes } = await runChild({
      label: `The CLI's ${mode} render (${capture})`,
      args: [
        ...nodeArguments(mode, REGISTER),
        ...(options.nodeArgs ?? []),
        ...[options.program ?? cliProgram, "render", projectDir, "--output", outputPath],
        ...(options.asUsersDo === true
          ? []
          : [
              "--workers",
              String(options.workers ?? 1),
              "--video-frame-format",
              options.frameFormat ?? "auto",
            ]),
        ...(options.args ?? []),
      ],
      env: {
        ...renderEnvironment({ mode, capture, extractCacheDir, statsFile }),
        ...quietEnvironment(path.join(scratch, "home")),
        ...options.env,
      },
      cwd: root,
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    });
    return { outputPath, stats: mode === "plain" ? null : readReport(statsFile), log, processes };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
