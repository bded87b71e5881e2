// Renders with any version: the producer by its functions, the CLI by its command line.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { ProcessReportJson } from "hyperframes-native";
import { installedRenderer } from "../../../dist/tools/bench/renderer.js";
import { spread } from "../../../dist/tools/bench/spread.js";
import { type Capture, type RenderMode, render } from "../../support/render.ts";
import { renderWithCli } from "../../support/render-cli.ts";
import type { Diary } from "./render-diary.ts";
import type { Target } from "./targets.ts";

export interface VersionRender {
  readonly projectDir: string;
  readonly outputPath: string;
  readonly mode: RenderMode;
  readonly capture: Exclude<Capture, "auto">;
  readonly frameFormat: "auto" | "jpg" | "png";
}

export interface VersionRendered {
  readonly outputPath: string;
  /** How it really captured. */
  readonly capture: VersionRender["capture"];
  /** Median from one frame's hook to the next one's, in milliseconds; `null` for a plain render. */
  readonly frameMs: number | null;
  readonly stats: ProcessReportJson | null;
  readonly log: string;
}

const TIMEOUT_MS = 4 * 60_000;

/** Renders with the version that is installed in a folder. */
export async function renderVersion(
  { kind, version }: Target,
  directory: string,
  order: VersionRender,
): Promise<VersionRendered> {
  const diary = mkdtempSync(path.join(os.tmpdir(), "hyperframes-native-compat-"));
  const common = {
    ...order,
    workers: 1,
    timeoutMs: TIMEOUT_MS,
    nodeArgs: ["--import", pathToFileURL(path.join(import.meta.dirname, "render-diary.ts")).href],
    env: { COMPAT_DIARY: diary },
  };
  mkdirSync(path.dirname(order.outputPath), { recursive: true });
  try {
    if (kind === "cli") {
      const rendered = await renderWithCli({ ...common, program: cliProgramIn(directory) });
      return { ...rendered, ...readDiary(diary) };
    }
    const producer = installedRenderer("@hyperframes/producer", directory);
    if (producer?.version !== version) throw new Error(`producer ${version} is not in ${directory}`);
    const rendered = await render({ ...common, producer });
    return { ...rendered, ...readDiary(diary) };
  } finally {
    rmSync(diary, { recursive: true, force: true });
  }
}

/** The CLI's program; it was moved over time. */
export function cliProgramIn(directory: string): string {
  const home = path.join(directory, "node_modules", "hyperframes");
  const { bin } = JSON.parse(readFileSync(path.join(home, "package.json"), "utf8"));
  return path.join(home, bin.hyperframes);
}

function readDiary(directory: string): Pick<VersionRendered, "capture" | "frameMs"> {
  const diaries = readdirSync(directory).map(
    (name): Diary => JSON.parse(readFileSync(path.join(directory, name), "utf8")),
  );
  const [calls = []] = diaries.map((diary) => diary.calls).toSorted((a, b) => b.length - a.length);
  // Calls in a row for one time are one frame's: a page in layers has several.
  const starts = calls.filter(({ time }, n) => n === 0 || time !== calls[n - 1]?.time);
  const between = starts.slice(1).map(({ atMs }, n) => atMs - (starts[n]?.atMs ?? Number.NaN));
  return {
    capture: diaries.some(({ beginFrame }) => beginFrame) ? "beginframe" : "screenshot",
    frameMs: between.length === 0 ? null : spread(between).median,
  };
}
