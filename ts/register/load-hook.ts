import type { LoadFnOutput, LoadHookContext } from "node:module";
import type { SwapRecord } from "../stats/process-report.js";
import { warnOnce } from "../warn.js";
import { hostPackageOf } from "./host-package.js";
import { swapClip } from "./swap-clip.js";
import { type SwapResult, swapInjector } from "./swap-injector.js";

const ENTRIES_WITH_THE_FUNCTION =
  /\/(?:@hyperframes\/)?producer\/dist\/(?:index|distributed|public-server)\.js$|\/videoFrameInjector\.js$/;

/** What upstream's functions are called. */
const NAMES = ["createVideoFrameInjector", "pageScreenshotCapture"];

/** What the load hook does besides swapping `createVideoFrameInjector`. */
export interface LoadHookOptions {
  /** Whether the clip of screenshots is decided by this package. */
  readonly swapsClip: boolean;
  /** Told of each file that holds the function. */
  onRecord(record: SwapRecord): void;
}

/** A synchronous load hook for `module.registerHooks` that swaps upstream's functions by content. */
export function createLoadHook({ swapsClip, onRecord }: LoadHookOptions) {
  return function load(
    url: string,
    context: LoadHookContext,
    nextLoad: (url: string, context?: Partial<LoadHookContext>) => LoadFnOutput,
  ): LoadFnOutput {
    const loaded = nextLoad(url, context);
    if (loaded.format !== "module" || loaded.source == null) return loaded;
    const host = hostPackageOf(url);
    if (host === null) return loaded;
    const source = textOf(loaded.source);
    const result: SwapResult = source === undefined ? { kind: "absent" } : swapInjector(source);
    const record = { package: host.name, version: host.version, file: url };
    let text = source;
    if (result.kind === "swapped") {
      text = result.source;
      onRecord(record);
    } else {
      const reason =
        result.kind === "untouched"
          ? result.reason
          : ENTRIES_WITH_THE_FUNCTION.test(url)
            ? "createVideoFrameInjector is not in it"
            : undefined;
      if (reason !== undefined) {
        onRecord({ ...record, reason });
        const message = `${host.name} ${host.version} stays as it is: ${reason} (${url}).`;
        warnOnce(`swap:${url}`, message, "SWAP_NOT_CLEAN");
      }
    }
    // A text whose injector is not known is left alone wholly.
    if (swapsClip && text !== undefined && result.kind !== "untouched") text = swapClip(text);
    return text === undefined || text === source
      ? loaded
      : { ...loaded, source: Buffer.from(text, "latin1") };
  };
}

/**
 * The bytes as text, one character each, or `undefined` where neither function is named. What is looked for and put in
 * is ASCII, so all other bytes come through as they are, at a fraction of the memory that decoding megabytes takes.
 */
function textOf(source: string | ArrayBuffer | NodeJS.TypedArray): string | undefined {
  const bytes =
    typeof source === "string"
      ? Buffer.from(source)
      : ArrayBuffer.isView(source)
        ? Buffer.from(source.buffer, source.byteOffset, source.byteLength)
        : Buffer.from(source);
  return NAMES.some((name) => bytes.includes(name)) ? bytes.toString("latin1") : undefined;
}
