/**
 * `hyperframes-native doctor`: why a render is swapped, or not. It has to work where the native binary does not, so what
 * needs the binary is imported only once that is known to load.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { WARNING_TYPE } from "../../../ts/errors.js";
import { PACKAGE_VERSION } from "../../../ts/package-version.js";
import type { UpstreamPackage } from "../../../ts/register/upstream-package.js";
import { within } from "../../../ts/transports/transport.js";
import { countVideos } from "../host/project.js";
import { type Rendering, renderingPackage } from "../host/rendering-package.js";
import { ownRuntime } from "../host/runtime.js";
import { onBrokenPipe } from "../terminal.js";
import { checkChrome, hostPuppeteer } from "./chrome.js";
import { type Finding, finding, reasonOf } from "./findings.js";
import {
  checkBinary,
  checkFfmpeg,
  checkMemory,
  checkRuntime,
  checkStatsFile,
  checkSwitches,
} from "./machine.js";
import { checkRendering } from "./packages.js";
import { type CheckFinding, type CheckName, type Report, reportText, verdictOf } from "./report.js";

/** What is looked at, and how it is told. */
export interface DoctorOptions {
  /** The command that renders; by default the project's own script that does, or `hyperframes render`. */
  readonly command?: readonly string[];
  /** One JSON object ({@link Report}) instead of text. */
  readonly json?: boolean | undefined;
}

/** Takes what has to be undone at the end. */
type AtEnd = (task: () => unknown) => void;

/**
 * Looks at the machine and the project, writes what it finds to stdout.
 * @returns the exit status: 0 where renders work and are swapped, else 1.
 */
export async function doctor(project: string, { json, command }: DoctorOptions = {}): Promise<number> {
  onBrokenPipe(process.stdout, () => undefined); // nobody is there to be told anything
  const report = await thenUndo((atEnd) =>
    withoutOwnWarnings(() => examine(resolve(project), command, atEnd)),
  );
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report, process.stdout));
  return report.verdict.exitStatus;
}

async function examine(project: string, given: readonly string[] | undefined, atEnd: AtEnd): Promise<Report> {
  const binary = await attempt("binary", checkBinary);
  const hasBinary = binary.every(({ status }) => status === "ok");
  let rendering: Rendering = { kind: "installed", packages: [] };
  const packageFindings = await attempt("packages", async () => {
    const ending = new AbortController();
    const found = renderingPackage(project, given, ending.signal);
    atEnd(() => {
      ending.abort();
      return found;
    });
    rendering = await found;
    return checkRendering(rendering, Array.from(new Set([project, process.cwd()])));
  });
  const { packages, runtime, command } = about(rendering);
  const { chrome, page } = await chromeAndPage(project, packages, hasBinary, atEnd);
  // What matters most first.
  const findings = [
    ...(await attempt("switches", checkSwitches)),
    ...(await attempt("stats", checkStatsFile)),
    ...binary,
    ...(await attempt("runtime", () => checkRuntime(runtime))),
    ...packageFindings,
    ...chrome,
    ...(await attempt("page", () => (countVideos(project) === 0 ? [finding("PAGE_WITHOUT_VIDEO", {})] : []))),
    ...page,
    ...(await attempt("ffmpeg", () => checkFfmpeg())),
    ...(await attempt("memory", () => checkMemory())),
  ];
  return { version: PACKAGE_VERSION, project, command, findings, verdict: verdictOf(findings) };
}

/** What is known of a render by what it would load. */
function about(rendering: Rendering) {
  if (rendering.kind === "installed")
    return { packages: rendering.packages, runtime: ownRuntime(), command: null };
  const { command } = rendering;
  if (rendering.kind === "not-loaded") return { packages: [], runtime: ownRuntime(), command };
  return { packages: [rendering.package], runtime: rendering.runtime, command };
}

async function chromeAndPage(
  project: string,
  packages: readonly UpstreamPackage[],
  hasBinary: boolean,
  atEnd: AtEnd,
): Promise<{ chrome: CheckFinding[]; page: CheckFinding[] }> {
  const folder = mkdtempSync(join(tmpdir(), "hyperframes-native-doctor-"));
  // Chrome's last processes may still be writing to the profile.
  atEnd(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
  let page: CheckFinding[] = [];
  const chrome = await attempt("chrome", async () => {
    const { finding: found, browser } = await checkChrome(await hostPuppeteer(packages), folder, atEnd);
    page = await attempt("page", async () => {
      if (browser === undefined) return finding("PAGE_NOT_TRIED", { reason: "no Chrome was started" });
      if (!hasBinary) return finding("PAGE_NOT_TRIED", { reason: "the native binary does not load" });
      const { checkPage } = await import("./page.js");
      return checkPage(project, browser, folder, atEnd);
    });
    return found;
  });
  return { chrome, page };
}

/** A check that fails itself is a finding, and no reason to leave the others out. */
async function attempt(
  check: CheckName,
  look: () => Finding | Finding[] | Promise<Finding | Finding[]>,
): Promise<CheckFinding[]> {
  let found: Finding | Finding[];
  try {
    found = await look();
  } catch (error) {
    const stack = error instanceof Error ? (error.stack ?? null) : null;
    found = finding("CHECK_FAILED", { reason: reasonOf(error) }, { stack });
  }
  return [found].flat().map(({ code, ...rest }) => ({ code, check, ...rest }));
}

/** Does `work` without Node printing this package's process warnings: they are told as findings. Others are printed as ever. */
async function withoutOwnWarnings<T>(work: () => Promise<T>): Promise<T> {
  const others = process.listeners("warning");
  const listen = (warning: Error) => {
    if (warning.name !== WARNING_TYPE) for (const other of others) other.call(process, warning);
  };
  // Node prints warnings by a listener of its own.
  process.removeAllListeners("warning");
  process.on("warning", listen);
  try {
    const value = await work();
    await setImmediate(); // warnings are emitted on the next tick
    return value;
  } finally {
    process.off("warning", listen);
    for (const other of others) process.on("warning", other);
  }
}

/** Longest that one task at the end may take, in milliseconds. */
const LONGEST_TASK_MS = 25_000;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Does `work`, then the tasks that it left for the end, the last one first. On a signal they are done at once and the process ends by that
 * signal, as a shell expects; then this never resolves, so that nothing is said of work that was cut off.
 */
async function thenUndo<T>(work: (atEnd: AtEnd) => Promise<T>): Promise<T> {
  const tasks: Array<() => unknown> = [];
  let undoing: Promise<void> | undefined;
  const undo = () => {
    undoing ??= undoAll(tasks);
    return undoing;
  };
  let signalled = false;
  const listen = (signal: NodeJS.Signals) => {
    signalled = true;
    void undo().then(() => {
      for (const name of SIGNALS) process.off(name, listen);
      try {
        process.kill(process.pid, signal);
      } catch {
        process.exit(128 + (constants.signals[signal] ?? 0)); // Windows can send itself few of them
      }
    });
  };
  for (const name of SIGNALS) process.on(name, listen);
  try {
    return await work((task) => tasks.push(task));
  } finally {
    await undo();
    if (signalled) await new Promise(() => undefined);
    for (const name of SIGNALS) process.off(name, listen);
  }
}

/** What cannot be undone, or not in time, is left: most often it is gone already. */
async function undoAll(tasks: Array<() => unknown>): Promise<void> {
  while (tasks.length > 0) {
    const undone = Promise.resolve().then(tasks.pop());
    await within(LONGEST_TASK_MS, undone, () => undefined).catch(() => undefined);
  }
}
