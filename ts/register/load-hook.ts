import type { LoadFnOutput, LoadHookContext } from "node:module";
import type { SwapRecord } from "../stats/process-report.js";
import { warnOnce } from "../warn.js";
import { hostPackageOf } from "./host-package.js";
import { swapClip } from "./swap-clip.js";
import { swapInjector } from "./swap-injector.js";

const ENTRIES_WITH_THE_FUNCTION =
  /\/(?:@hyperframes\/)?producer\/dist\/(?:index|distributed|public-server)\.js$|\/videoFrameInjector\.js$/;

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
    const source =
      typeof loaded.source === "string"
        ? loaded.source
        : Buffer.from(loaded.source as Uint8Array).toString("utf8");
    const result = swapInjector(source);
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
    if (swapsClip) text = swapClip(text);
    return text === source ? loaded : { ...loaded, source: text };
  };
}
