/**
 * `hyperframes-native doctor`: why a render is swapped, or not. It has to work where the native binary does not, so what
 * needs the binary is imported only once that is known to load.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { PACKAGE_VERSION } from "../../../ts/package-version.js";
import type { InstalledPackage } from "../host/installed-packages.js";
import { type Rendering, renderingPackage } from "../host/rendering-package.js";
import { ownRuntime } from "../host/runtime.js";
import { checkBinary } from "./binary.js";
import { checkChrome } from "./chrome.js";
import { CleanUp } from "./clean-up.js";
import { checkFfmpeg } from "./ffmpeg.js";
import { type CheckName, type Finding, reasonOf } from "./finding.js";
import { hostPuppeteer } from "./host-puppeteer.js";
import { checkMemory } from "./memory.js";
import { withoutOwnWarnings } from "./own-warnings.js";
import { checkRendering } from "./packages.js";
import type { Report } from "./report.js";
import { checkRuntime } from "./runtime.js";
import { checkStatsPath } from "./stats-path.js";
import { checkSwitches } from "./switches.js";
import { terminalText } from "./terminal.js";
import { verdictOf } from "./verdict.js";
import { checkVideos } from "./videos.js";

/** How it is told, and of what. */
export interface DoctorOptions {
  /** The command that renders; by default the project's own script that does, or `hyperframes render`. */
  readonly command?: readonly string[];
  /** One JSON object ({@link Report}) instead of text. */
  readonly json?: boolean | undefined;
}

/**
 * Looks at the machine and the project, writes what it finds to stdout.
 * @returns the exit status: 0 where renders work and are swapped, else 1.
 */
export async function doctor(project: string, { json, command }: DoctorOptions = {}): Promise<number> {
  const cleanUp = new CleanUp();
  const report = await cleanUp.around(() => examine(resolve(project), command, cleanUp));
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : terminalText(report, process.stdout));
  return report.verdict.exitStatus;
}

async function examine(
  project: string,
  given: readonly string[] | undefined,
  cleanUp: CleanUp,
): Promise<Report> {
  let command: readonly string[] | null = null;
  // What a render would warn of is told as findings.
  const value = await withoutOwnWarnings(async () => {
    const binary = await attempt("binary", checkBinary);
    let rendering: Rendering = { kind: "installed", packages: [] };
    const packageFindings = await attempt("packages", async () => {
      rendering = await renderingPackage(project, given);
      return checkRendering(rendering, Array.from(new Set([project, process.cwd()])));
    });
    const { packages, runtime, typed } = about(rendering);
    command = typed;
    return [
      ...(await attempt("switches", () => checkSwitches())),
      ...(await attempt("stats", () => checkStatsPath())),
      ...binary,
      ...(await attempt("runtime", () => checkRuntime(runtime))),
      ...packageFindings,
      ...(await attempt("page", () => checkVideos(project))),
      ...(await chromeAndPage(project, packages, isOk(binary), cleanUp)),
      ...(await attempt("ffmpeg", () => checkFfmpeg())),
      ...(await attempt("memory", () => checkMemory())),
    ];
  });
  const findings = value.sort((a, b) => ORDER.indexOf(a.check) - ORDER.indexOf(b.check));
  return { version: PACKAGE_VERSION, project, command, findings, verdict: verdictOf(findings) };
}

/** What matters most first. */
const ORDER: readonly CheckName[] = [
  "switches",
  "stats",
  "binary",
  "runtime",
  "packages",
  "chrome",
  "page",
  "ffmpeg",
  "memory",
];

/** What is known of a render by what it would load. */
function about(rendering: Rendering) {
  if (rendering.kind === "installed")
    return { packages: rendering.packages, runtime: ownRuntime(), typed: null };
  const typed = rendering.command;
  if (rendering.kind === "not-loaded") return { packages: [], runtime: ownRuntime(), typed };
  return { packages: [rendering.package], runtime: rendering.runtime, typed };
}

async function chromeAndPage(
  project: string,
  packages: readonly InstalledPackage[],
  hasBinary: boolean,
  cleanUp: CleanUp,
): Promise<Finding[]> {
  const folder = mkdtempSync(join(tmpdir(), "hyperframes-native-doctor-"));
  // Chrome's last processes may still be writing to the profile.
  cleanUp.add(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
  let page: Finding[] = [];
  const chrome = await attempt("chrome", async () => {
    const { finding, browser } = await checkChrome(await hostPuppeteer(packages), folder, cleanUp);
    page = await attempt("page", async () => {
      if (browser === undefined) return notTried("no Chrome was started");
      if (!hasBinary) return notTried("the native binary does not load");
      const { checkPage } = await import("./page.js");
      return checkPage(project, browser, folder, cleanUp);
    });
    return finding;
  });
  return [...chrome, ...page];
}

function notTried(reason: string): Finding {
  return {
    code: "PAGE_NOT_TRIED",
    check: "page",
    status: "warning",
    found: `The page was not tried: ${reason}.`,
    advice: "Do what the other findings say, and call doctor again.",
  };
}

function isOk(findings: readonly Finding[]): boolean {
  return findings.every(({ status }) => status === "ok");
}

/** A check that fails itself is a finding, and no reason to leave the others out. */
async function attempt(
  check: CheckName,
  look: () => Finding | Finding[] | Promise<Finding | Finding[]>,
): Promise<Finding[]> {
  try {
    const found = await look();
    return Array.isArray(found) ? found : [found];
  } catch (error) {
    return [
      {
        code: "CHECK_FAILED",
        check,
        status: "fault",
        found: `This could not be looked at: ${reasonOf(error)}.`,
        advice: "Please report it with the output of `npx hyperframes-native doctor --json`.",
        details: { stack: error instanceof Error ? (error.stack ?? null) : null },
      },
    ];
  }
}
