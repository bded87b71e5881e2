import { readFileSync } from "node:fs";
import type { LoadFnOutput, LoadHookContext } from "node:module";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { warnOnce } from "../errors.js";
import type { SwapRecord } from "../telemetry/process-report.js";
import { swapSource, untouchedMessage } from "./rewrite.js";
import { type UpstreamPackage, upstreamFolders, upstreamPackageOf } from "./upstream-package.js";

/** How upstream's functions are swapped while modules are loaded. */
export interface LoadHookOptions {
  /** Told of each file that holds `createVideoFrameInjector`. */
  onRecord(record: SwapRecord): void;
  /** Told of each module that puts frames into pages and does not hold the function. */
  readonly onWithoutFunction?: ((upstream: UpstreamPackage) => void) | undefined;
}

/** A synchronous load hook for `module.registerHooks` that swaps upstream's functions by content. */
export function createLoadHook(options: LoadHookOptions) {
  return function load(
    url: string,
    context: LoadHookContext,
    nextLoad: (url: string, context?: Partial<LoadHookContext>) => LoadFnOutput,
  ): LoadFnOutput {
    const loaded = nextLoad(url, context);
    if (loaded.format !== "module" || loaded.source == null) return loaded;
    const source = swapWhileLoading(url, loaded.source, options);
    return source === undefined ? loaded : { ...loaded, source };
  };
}

/** The bytes that a module is to be loaded with instead of `source`; `undefined` where it stays as it is. */
function swapWhileLoading(
  url: string,
  source: string | ArrayBuffer | NodeJS.TypedArray,
  { onRecord, onWithoutFunction }: LoadHookOptions,
): Buffer | undefined {
  const upstream = upstreamPackageOf(url);
  if (upstream === null) return undefined;
  const swapped = swapSource({ upstream, url, source });
  if (swapped.record !== undefined) {
    onRecord(swapped.record);
    warnOfUntouched(swapped.record);
  } else if (swapped.putsFrames) onWithoutFunction?.(upstream);
  return swapped.source;
}

function warnOfUntouched(record: SwapRecord): void {
  const message = untouchedMessage(record);
  if (message !== undefined) warnOnce(`swap:${record.file}`, message, "SWAP_NOT_CLEAN");
}

/** The part of Bun's runtime plugins that is used here (https://bun.com/docs/runtime/plugins). */
export interface BunRuntime {
  plugin(plugin: { name: string; setup(build: BunPluginBuild): void }): void;
}

interface BunPluginBuild {
  onLoad(
    constraints: { filter: RegExp },
    load: (module: { path: string }) => { contents: Uint8Array; loader: "js" },
  ): void;
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
      build.onLoad({ filter: upstreamFiles() }, ({ path }) => {
        const source = readFileSync(path);
        const swapped = swapWhileLoading(pathToFileURL(path).href, source, options);
        return { contents: swapped ?? source, loader: "js" };
      });
    },
  });
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
function upstreamFiles(): RegExp {
  const starts = [process.cwd(), dirname(resolve(process.argv[1] ?? "."))];
  const folders = Array.from(upstreamFolders(starts), (folder) =>
    folder.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"),
  );
  return new RegExp(`^(?:${[INSTALLED, ...folders].join("|")})${CODE}`);
}
