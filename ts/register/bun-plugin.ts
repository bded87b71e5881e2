import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { hostFolders } from "./host-package.js";
import { type LoadHookOptions, swapWhileLoading } from "./load-hook.js";

/** What is used of Bun's runtime plugins (https://bun.com/docs/runtime/plugins). */
export interface BunRuntime {
  plugin(plugin: { name: string; setup(build: BunPluginBuild): void }): void;
}

interface BunPluginBuild {
  onLoad(
    constraints: { filter: RegExp },
    load: (module: { path: string }) => { contents: Uint8Array; loader: "js" },
  ): void;
}

/** Upstream's packages where they are installed. */
const INSTALLED = String.raw`.*[\\/]node_modules[\\/](?:@hyperframes[\\/](?:engine|producer)|hyperframes)`;

/** Their code, without what is installed below it. */
const CODE = String.raw`[\\/]dist[\\/](?!(?:.*[\\/])?node_modules[\\/]).*\.m?js$`;

/**
 * Where upstream's packages have their code: installed anywhere, or in the checkout of upstream that the process runs in. No wider: Bun 1.4
 * ends the process for a module that a runtime plugin leaves to it ("onLoad() expects an object returned", oven-sh/bun#5303), so
 * every file that matches is handed back as an ES module. All of these are; other people's `packages/cli/dist`, or what upstream's
 * packages depend on, may be CommonJS.
 */
function hostFiles(): RegExp {
  const starts = [process.cwd(), dirname(resolve(process.argv[1] ?? "."))];
  const folders = Array.from(hostFolders(starts), (folder) =>
    folder.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"),
  );
  return new RegExp(`^(?:${[INSTALLED, ...folders].join("|")})${CODE}`);
}

/** Bun, where this process runs on it. */
export function bunRuntime(): BunRuntime | undefined {
  return (globalThis as { Bun?: BunRuntime }).Bun;
}

/** Swaps upstream's functions by content while Bun loads them. */
export function installBunPlugin(bun: BunRuntime, options: LoadHookOptions): void {
  bun.plugin({
    name: "hyperframes-native",
    setup(build) {
      build.onLoad({ filter: hostFiles() }, ({ path }) => {
        const source = readFileSync(path);
        const swapped = swapWhileLoading(pathToFileURL(path).href, source, options);
        return { contents: swapped ?? source, loader: "js" };
      });
    },
  });
}
