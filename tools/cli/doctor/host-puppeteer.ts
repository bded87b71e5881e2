import type { ChildProcess } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ProtocolPage } from "../../../ts/page/page.js";
import type { InstalledPackage } from "../host/installed-packages.js";

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

/** What is asked of puppeteer. */
export interface Puppeteer {
  launch(options: object): Promise<LaunchedBrowser>;
  executablePath?(): string | Promise<string>;
}

/** One browser of a cache of `@puppeteer/browsers`. */
export interface CachedBrowser {
  readonly browser: string;
  readonly buildId: string;
  readonly platform: string;
  readonly executablePath: string;
}

/** The part of `@puppeteer/browsers` that knows where browsers are kept. */
export interface BrowserCaches {
  getInstalledBrowsers(options: { cacheDir: string }): Promise<CachedBrowser[]>;
  detectBrowserPlatform(): string | undefined;
  computeSystemExecutablePath(options: { browser: "chrome"; channel: "stable" }): string;
}

/** The puppeteer that a HyperFrames package depends on. */
export interface HostPuppeteer {
  /** Its entry file. */
  readonly file: string;
  readonly puppeteer: Puppeteer;
  readonly caches: BrowserCaches;
}

/** In upstream's order. Source: `getPuppeteer` of `@hyperframes/engine` 0.8.33. */
const NAMES = ["puppeteer", "puppeteer-core"];

/** Loads the puppeteer of the first package that has one; `undefined` where none has. */
export async function hostPuppeteer(
  packages: readonly InstalledPackage[],
): Promise<HostPuppeteer | undefined> {
  for (const { directory } of packages) {
    for (const name of NAMES) {
      const file = resolveFrom(join(directory, "package.json"), name);
      if (file === undefined) continue;
      const caches = resolveFrom(file, "@puppeteer/browsers");
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

function resolveFrom(file: string, name: string): string | undefined {
  try {
    return createRequire(file).resolve(name);
  } catch {
    return undefined; // not installed beside it
  }
}
