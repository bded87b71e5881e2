import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
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

/**
 * Where upstream's packages have their code, installed or in a checkout of upstream. No wider: Bun 1.4 ends the process for a
 * module that a runtime plugin leaves to it ("onLoad() expects an object returned", oven-sh/bun#5303), so every file that
 * matches is handed back as an ES module, and all of these are.
 */
const HOST_FILES =
  /[\\/](?:@hyperframes[\\/](?:engine|producer)|hyperframes|packages[\\/](?:engine|producer|cli))[\\/]dist[\\/].*\.m?js$/;

/** Bun, where this process runs on it. */
export function bunRuntime(): BunRuntime | undefined {
  return (globalThis as { Bun?: BunRuntime }).Bun;
}

/** Swaps upstream's functions by content while Bun loads them. */
export function installBunPlugin(bun: BunRuntime, options: LoadHookOptions): void {
  bun.plugin({
    name: "hyperframes-native",
    setup(build) {
      build.onLoad({ filter: HOST_FILES }, ({ path }) => {
        const source = readFileSync(path);
        const swapped = swapWhileLoading(pathToFileURL(path).href, source, options);
        return { contents: swapped ?? source, loader: "js" };
      });
    },
  });
}
