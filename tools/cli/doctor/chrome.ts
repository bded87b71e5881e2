import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type ChromePath, chromePath } from "./chrome-path.js";
import type { CleanUp } from "./clean-up.js";
import { type Finding, reasonOf } from "./finding.js";
import type { HostPuppeteer, LaunchedBrowser } from "./host-puppeteer.js";

/** Longest that Chrome may take to start, in milliseconds. */
const START_LIMIT_MS = 20_000;

/** Longest that Chrome may take to end by itself. */
const CLOSE_LIMIT_MS = 5_000;

const ARGUMENTS = [
  "--no-sandbox", // as upstream starts it: root has no sandbox, nor has many a container
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  // Only doctor's page and the frame server are reached, whatever the page asks for.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
  "--no-proxy-server",
];

/** What became of Chrome. */
export interface ChromeCheck {
  readonly finding: Finding;
  /** Running; it goes with the clean-up. */
  readonly browser?: LaunchedBrowser;
}

/** Starts the Chrome that a render would take, with its profile in `folder`. */
export async function checkChrome(
  host: HostPuppeteer | undefined,
  folder: string,
  cleanUp: CleanUp,
): Promise<ChromeCheck> {
  const chrome = await chromePath(host);
  if (chrome === undefined) {
    const found = "There is no Chrome where HyperFrames looks.";
    const advice =
      "Run `npx hyperframes browser ensure`, or set PRODUCER_HEADLESS_SHELL_PATH to a headless shell.";
    return { finding: { code: "CHROME_MISSING", check: "chrome", status: "fault", found, advice } };
  }
  if (!existsSync(chrome.path)) return { finding: wrongPath(chrome) };
  if (host === undefined) {
    const found = `${chrome.path} (from ${chrome.from}) was not started: no HyperFrames package brings a puppeteer.`;
    const advice = "Install HyperFrames in the project first.";
    return {
      finding: {
        code: "CHROME_NOT_TRIED",
        check: "chrome",
        status: "warning",
        found,
        advice,
        details: chrome,
      },
    };
  }
  try {
    const browser = await start(host, chrome, folder, cleanUp);
    return { finding: started(chrome, await browser.version(), host), browser };
  } catch (error) {
    return { finding: notStarted(chrome, error) };
  }
}

async function start(
  { puppeteer }: HostPuppeteer,
  { path }: ChromePath,
  folder: string,
  cleanUp: CleanUp,
): Promise<LaunchedBrowser> {
  const starting = puppeteer.launch({
    executablePath: path,
    headless: true,
    userDataDir: join(folder, "profile"),
    args: ARGUMENTS,
    timeout: START_LIMIT_MS,
    protocolTimeout: START_LIMIT_MS,
    // The clean-up closes it; puppeteer would end this process before the folder is gone.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  cleanUp.add(async () => close(await starting));
  return starting;
}

async function close(browser: LaunchedBrowser): Promise<void> {
  const timeUp = new AbortController();
  const late = delay(CLOSE_LIMIT_MS, "late", { signal: timeUp.signal });
  late.catch(() => undefined);
  const outcome = await Promise.race([browser.close(), late]).catch(() => "late");
  timeUp.abort();
  if (outcome === "late") browser.process?.()?.kill("SIGKILL");
}

function started(chrome: ChromePath, version: string, host: HostPuppeteer): Finding {
  const found = `${version} starts (${chrome.path}, from ${chrome.from}).`;
  const details = { ...chrome, version, puppeteer: host.file };
  if (!chrome.isInSight) {
    return {
      code: "CHROME_OUT_OF_SIGHT",
      check: "chrome",
      status: "warning",
      found: `${found} HyperFrames does not look there and would bring its own.`,
      advice: `Set PRODUCER_HEADLESS_SHELL_PATH=${chrome.path} to render with it.`,
      details,
    };
  }
  const brief = `${version} (from ${chrome.from})`;
  return {
    code: "CHROME_STARTS",
    check: "chrome",
    status: "ok",
    brief,
    found,
    advice: "Nothing to do.",
    details,
  };
}

function wrongPath(chrome: ChromePath): Finding {
  return {
    code: "CHROME_PATH_WRONG",
    check: "chrome",
    status: "fault",
    found: `${chrome.from}=${chrome.path} does not exist.`,
    advice: `Set ${chrome.from} to a Chrome that exists, or unset it and run \`npx hyperframes browser ensure\`.`,
    details: chrome,
  };
}

function notStarted(chrome: ChromePath, error: unknown): Finding {
  const named = chrome.isConfigured
    ? `${chrome.from}=${chrome.path}`
    : `${chrome.path} (from ${chrome.from})`;
  return {
    code: "CHROME_DOES_NOT_START",
    check: "chrome",
    status: "fault",
    found: `${named} does not start: ${reasonOf(error)}`,
    advice: chrome.isConfigured
      ? `Set ${chrome.from} to a Chrome for this machine, or install what the reason names.`
      : "Install what the reason names, or run `npx hyperframes browser ensure --force`.",
    details: { ...chrome, reason: error instanceof Error ? error.message : String(error) },
  };
}
