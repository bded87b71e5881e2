import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import type { HostPuppeteer } from "./host-puppeteer.js";

/** A Chrome, and how it was come by. */
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
    const own = await attempt(() => host.puppeteer.executablePath?.());
    if (own && existsSync(own)) return found(own, "puppeteer");
  }
  const path = env.PATH ?? "";
  if (process.platform === "linux") {
    const onPath = firstOnPath(SYSTEM_NAMES, path);
    if (onPath !== undefined) return found(onPath, "the PATH");
  } else if (host !== undefined) {
    const installed = await attempt(() =>
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
  const all = (await attempt(() => caches.getInstalledBrowsers({ cacheDir }))) ?? [];
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

/** What a look gives; `undefined` where the look fails, as it does where there is nothing. */
async function attempt<T>(look: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch {
    return undefined;
  }
}
