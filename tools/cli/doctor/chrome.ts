/** The Chrome that a render would take: where it is, and whether it starts by the puppeteer of HyperFrames. */
import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ProtocolPage } from "../../../ts/page/page.js";
import type { UpstreamPackage } from "../../../ts/register/upstream-package.js";
import { within } from "../../../ts/transports/transport.js";
import { type Finding, finding, reasonOf } from "./findings.js";

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

/**
 * Starts the Chrome that a render would take, with its profile in `folder`; it is closed at the end.
 * @returns what became of it, and the browser where it runs
 */
export async function checkChrome(
  host: HostPuppeteer | undefined,
  folder: string,
  atEnd: (task: () => unknown) => void,
): Promise<{ finding: Finding; browser?: LaunchedBrowser }> {
  const chrome = await chromePath(host);
  if (chrome === undefined) return { finding: finding("CHROME_MISSING", {}) };
  if (!existsSync(chrome.path)) return { finding: finding("CHROME_PATH_WRONG", chrome, chrome) };
  if (host === undefined) return { finding: finding("CHROME_NOT_TRIED", chrome, chrome) };
  try {
    const starting = host.puppeteer.launch({
      executablePath: chrome.path,
      headless: true,
      userDataDir: join(folder, "profile"),
      args: ARGUMENTS,
      timeout: START_LIMIT_MS,
      protocolTimeout: START_LIMIT_MS,
      // Doctor closes it; puppeteer would end this process before the folder is gone.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
    atEnd(async () => {
      const browser = await starting;
      const kill = () => browser.process?.()?.kill("SIGKILL");
      await within(CLOSE_LIMIT_MS, browser.close(), () => undefined).catch(kill);
    });
    const browser = await starting;
    const started = { ...chrome, version: await browser.version() };
    const code = chrome.isInSight ? "CHROME_STARTS" : "CHROME_OUT_OF_SIGHT";
    return { finding: finding(code, started, { ...started, puppeteer: host.file }), browser };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const facts = { ...chrome, reason: reasonOf(error) };
    return { finding: finding("CHROME_DOES_NOT_START", facts, { ...chrome, reason }) };
  }
}

/** A Chrome, and where it was found. */
export interface ChromePath {
  readonly path: string;
  /** The variable that names it, or where it was found. */
  readonly from: string;
  /** Whether `from` is a variable. */
  readonly isConfigured: boolean;
  /** Whether HyperFrames finds it by itself, too. */
  readonly isInSight: boolean;
}

/** In this order: the CLI writes its own finding into the first one only where that is not set. */
const VARIABLES = ["PRODUCER_HEADLESS_SHELL_PATH", "HYPERFRAMES_BROWSER_PATH"];

/** Names on the PATH that HyperFrames takes, on Linux. */
const SYSTEM_NAMES = ["google-chrome", "google-chrome-stable", "chromium", "chromium-browser"];

/** Names on the PATH that work, if a variable names them. */
const OTHER_NAMES = ["chromium-headless-shell", "chrome-headless-shell"];

/**
 * The Chrome that a render would take; not looked at, where a variable names it.
 * Source: `resolveHeadlessShellPath` of `@hyperframes/engine` 0.8.33 and `findBrowser` of the CLI 0.8.170, which ask
 * the two caches in opposite order.
 */
export async function chromePath(host: HostPuppeteer | undefined): Promise<ChromePath | undefined> {
  const { env } = process;
  for (const name of VARIABLES) {
    const path = env[name];
    if (path) return { path, from: name, isConfigured: true, isInSight: true };
  }
  const found = (path: string, from: string, isInSight = true) => ({
    path,
    from,
    isConfigured: false,
    isInSight,
  });
  if (host !== undefined) {
    for (const folder of [join("hyperframes", "chrome"), "puppeteer"]) {
      const cacheDir = join(homedir(), ".cache", folder);
      const path = await newestShell(host, cacheDir);
      if (path !== undefined) return found(path, cacheDir);
    }
    const own = await orNothing(() => host.puppeteer.executablePath?.());
    if (own && existsSync(own)) return found(own, "puppeteer");
  }
  const path = env.PATH ?? "";
  if (process.platform === "linux") {
    const onPath = firstOnPath(SYSTEM_NAMES, path);
    if (onPath !== undefined) return found(onPath, "the PATH");
  } else if (host !== undefined) {
    const installed = await orNothing(() =>
      host.caches.computeSystemExecutablePath({ browser: "chrome", channel: "stable" }),
    );
    if (installed && existsSync(installed)) return found(installed, "the system");
  }
  const other = firstOnPath(OTHER_NAMES, path);
  return other === undefined ? undefined : found(other, "the PATH", false);
}

async function newestShell({ caches }: HostPuppeteer, cacheDir: string): Promise<string | undefined> {
  if (!existsSync(cacheDir)) return undefined;
  const platform = caches.detectBrowserPlatform();
  const all = (await orNothing(() => caches.getInstalledBrowsers({ cacheDir }))) ?? [];
  return all
    .filter((one) => one.browser === "chrome-headless-shell" && one.platform === platform)
    .sort((a, b) => b.buildId.localeCompare(a.buildId, "en", { numeric: true }))
    .map(({ executablePath }) => executablePath)
    .find((file) => existsSync(file));
}

function firstOnPath(names: readonly string[], path: string): string | undefined {
  const folders = path.split(delimiter).filter(Boolean);
  const ending = process.platform === "win32" ? ".exe" : "";
  return names
    .map((name) => name + ending)
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((file) => existsSync(file));
}

/** What a look gives; `undefined` where it fails, as it does where there is nothing. */
async function orNothing<T>(look: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch {
    return undefined;
  }
}

/** Puppeteer's page, by shape: each HyperFrames version brings a puppeteer of its own. */
export interface BrowserPage extends ProtocolPage {
  goto(url: string, options: { waitUntil: "domcontentloaded"; timeout: number }): Promise<unknown>;
}

/** Puppeteer's browser. */
export interface LaunchedBrowser {
  version(): Promise<string>;
  newPage(): Promise<BrowserPage>;
  close(): Promise<void>;
  process?(): ChildProcess | null;
}

/** The part of puppeteer that starts a browser. */
interface Puppeteer {
  launch(options: object): Promise<LaunchedBrowser>;
  executablePath?(): string | Promise<string>;
}

/** The part of `@puppeteer/browsers` that knows where browsers are kept. */
interface BrowserCaches {
  getInstalledBrowsers(options: {
    cacheDir: string;
  }): Promise<ReadonlyArray<{ browser: string; buildId: string; platform: string; executablePath: string }>>;
  detectBrowserPlatform(): string | undefined;
  computeSystemExecutablePath(options: { browser: "chrome"; channel: "stable" }): string;
}

/** The puppeteer that a HyperFrames package depends on. */
interface HostPuppeteer {
  /** Its entry file. */
  readonly file: string;
  readonly puppeteer: Puppeteer;
  readonly caches: BrowserCaches;
}

/** In upstream's order. Source: `getPuppeteer` of `@hyperframes/engine` 0.8.33. */
const PUPPETEERS = ["puppeteer", "puppeteer-core"];

/** Loads the puppeteer of the first package that has one; `undefined` where none has. */
export async function hostPuppeteer(
  packages: readonly UpstreamPackage[],
): Promise<HostPuppeteer | undefined> {
  for (const { directory } of packages) {
    for (const name of PUPPETEERS) {
      const file = await orNothing(() => createRequire(join(directory, "package.json")).resolve(name));
      if (file === undefined) continue;
      const caches = await orNothing(() => createRequire(file).resolve("@puppeteer/browsers"));
      if (caches === undefined) continue;
      const [{ default: puppeteer }, browsers] = await Promise.all([
        import(pathToFileURL(file).href) as Promise<{ default: Puppeteer }>,
        import(pathToFileURL(caches).href) as Promise<BrowserCaches>,
      ]);
      return { file, puppeteer, caches: browsers };
    }
  }
  return undefined;
}
