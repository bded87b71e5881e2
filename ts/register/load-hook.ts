import type { LoadFnOutput, LoadHookContext } from "node:module";
import type { SwapRecord } from "../telemetry/process-report.js";
import { type HostPackage, hostPackageOf } from "./host-package.js";
import { swapSource, warnOfUntouched } from "./rewrite/source.js";

/** What a load hook does besides swapping `createVideoFrameInjector`, and whom it tells. */
export interface LoadHookOptions {
  /** Whether the clip of screenshots is decided by this package. */
  readonly swapsClip: boolean;
  /** Told of each file that holds the function. */
  onRecord(record: SwapRecord): void;
  /** Told of each module that puts frames into pages and does not hold the function. */
  readonly onUnswapped?: ((host: HostPackage) => void) | undefined;
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
export function swapWhileLoading(
  url: string,
  source: string | ArrayBuffer | NodeJS.TypedArray,
  { swapsClip, onRecord, onUnswapped }: LoadHookOptions,
): Buffer | undefined {
  const host = hostPackageOf(url);
  if (host === null) return undefined;
  const swapped = swapSource({ host, url, source }, swapsClip);
  if (swapped.record !== undefined) {
    onRecord(swapped.record);
    warnOfUntouched(swapped.record);
  } else if (swapped.putsFrames) onUnswapped?.(host);
  return swapped.source;
}
