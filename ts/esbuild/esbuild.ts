/** `hyperframes-native/esbuild`: the drop-in inside a bundle, where no load hook of Node's can reach. */
import { readFileSync } from "node:fs";
import { dirname, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { binaryTarget } from "../native/binary-target.js";
import { PACKAGE_VERSION } from "../package-version.js";
import { swapSource, untouchedMessage } from "../register/rewrite.js";
import { upstreamPackageOf } from "../register/upstream-package.js";
import type { SwapRecord } from "../telemetry/process-report.js";
import { type BuildResult, missing, placeBinaries } from "./binaries.js";

export interface BundlePluginOptions {
  /**
   * The platforms that the bundle will run on, as napi-rs names them (`linux-x64-gnu`, `linux-arm64-gnu`, …); by default this
   * machine's. Each one's binary is put beside the bundle.
   */
  readonly platforms?: readonly string[] | undefined;
  /** Leaves this package out of the bundle; it is then looked for in `node_modules` when the bundle runs. */
  readonly external?: boolean | undefined;
}

/** What swapped modules call, in this package. */
const BUNDLED = fileURLToPath(new URL("../register/bundled.js", import.meta.url));
const BUNDLED_SPECIFIER = "hyperframes-native/bundled";

const PACKAGE_VERSION_FILE = fileURLToPath(new URL("../package-version.js", import.meta.url));

/**
 * A plugin for esbuild that swaps `createVideoFrameInjector` in the HyperFrames packages that a bundle takes in, and puts what it
 * calls, with the native binary, beside them. Needs `format: "esm"` and `platform: "node"`.
 *
 * @example
 * ```ts
 * import { build } from "esbuild";
 * import { hyperframesNative } from "hyperframes-native/esbuild";
 *
 * await build({
 *   entryPoints: ["handler.mjs"],
 *   outdir: "out",
 *   bundle: true,
 *   platform: "node",
 *   format: "esm",
 *   plugins: [hyperframesNative({ platforms: ["linux-x64-gnu"] })],
 * });
 * ```
 */
export function hyperframesNative(options: BundlePluginOptions = {}): BundlePlugin {
  const { platforms = [binaryTarget().name], external = false } = options;
  return {
    name: "hyperframes-native",
    setup(build) {
      const { initialOptions } = build;
      const workingDir = initialOptions.absWorkingDir ?? process.cwd();
      let swaps = 0;
      // It says which of the output files hold the binding's loader.
      initialOptions.metafile = true;

      build.onStart(() => {
        swaps = 0;
        return { errors: [...formatErrors(initialOptions.format), ...(external ? [] : missing(platforms))] };
      });

      build.onLoad({ filter: /\.m?js$/, namespace: "file" }, ({ path }) => {
        if (path === PACKAGE_VERSION_FILE) return versionModule();
        const module = loadUpstreamModule(path, workingDir, external ? BUNDLED_SPECIFIER : BUNDLED);
        if (module?.swapped) swaps++;
        return module?.loaded;
      });

      if (external) build.onResolve({ filter: /^hyperframes-native(?:\/|$)/ }, () => ({ external: true }));

      build.onEnd((result) => {
        if (result.errors.length > 0) return undefined;
        if (swaps === 0) return { warnings: [NOTHING_SWAPPED] };
        if (!external) placeBinaries(result, platforms, workingDir);
        return undefined;
      });
    },
  };
}

const NOTHING_SWAPPED: Message = {
  text:
    "No createVideoFrameInjector of a HyperFrames package was swapped in this bundle. " +
    "Where the package is external to it, start Node with --import hyperframes-native/register.",
};

/** Both HyperFrames and this package ask for `import.meta.url`, and this package awaits while it loads. */
function formatErrors(format: string | undefined): Message[] {
  if (format === "esm") return [];
  return [{ text: `hyperframes-native needs format: "esm"; it is ${format ?? "not given"}.` }];
}

/** The manifest does not come along into a bundle. */
function versionModule(): LoadedModule {
  return { contents: `export const PACKAGE_VERSION = ${JSON.stringify(PACKAGE_VERSION)};`, loader: "js" };
}

interface UpstreamModule {
  readonly loaded: LoadedModule | undefined;
  readonly swapped: boolean;
}

/** A module of HyperFrames as it goes into the bundle, or `undefined` for any other module. */
function loadUpstreamModule(path: string, workingDir: string, runtime: string): UpstreamModule | undefined {
  const url = pathToFileURL(path).href;
  const upstream = upstreamPackageOf(url);
  if (upstream === null) return undefined;
  const { source, record } = swapSource({ upstream, url, source: readFileSync(path) });
  // Where files lay on the machine that bundled is of no use where the bundle runs.
  const named = record && { ...record, file: installedPath(path) ?? slashed(relative(workingDir, path)) };
  const message = named && untouchedMessage(named);
  const warnings = message === undefined ? [] : [{ text: message }];
  const swapped = named !== undefined && message === undefined;
  if (source === undefined) return { loaded: warnings.length === 0 ? undefined : { warnings }, swapped };
  const contents = swapped ? Buffer.concat([source, Buffer.from(runtimeCall(runtime, named))]) : source;
  return { loaded: { contents, loader: "js", resolveDir: dirname(path), warnings }, swapped };
}

/** Put after the module's text, so that its lines keep their numbers; an import may stand anywhere. */
function runtimeCall(runtime: string, record: SwapRecord): string {
  const name = "__hyperframesNativeSwapped";
  return `\nimport { swapped as ${name} } from ${JSON.stringify(runtime)};\n${name}(${JSON.stringify(record)});\n`;
}

/** From `node_modules` on. */
function installedPath(path: string): string | undefined {
  const [, ...installed] = slashed(path).split("/node_modules/");
  return installed.at(-1);
}

function slashed(path: string): string {
  return path.split(sep).join("/");
}

// What the plugin uses of esbuild's plugin API, by shape: this package does not depend on esbuild.

export interface BundlePlugin {
  readonly name: string;
  setup(build: Build): void;
}

interface Build {
  initialOptions: {
    format?: string | undefined;
    absWorkingDir?: string | undefined;
    metafile?: boolean | undefined;
  };
  onStart(callback: () => { errors: Message[] }): void;
  onLoad(
    options: { filter: RegExp; namespace?: string },
    callback: (module: { path: string }) => LoadedModule | undefined,
  ): void;
  onResolve(options: { filter: RegExp }, callback: () => { external: boolean }): void;
  onEnd(callback: (result: BuildResult) => { warnings: Message[] } | undefined): void;
}

interface Message {
  text: string;
}

interface LoadedModule {
  contents?: string | Uint8Array;
  loader?: "js";
  resolveDir?: string;
  warnings?: Message[];
}
