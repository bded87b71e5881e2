import type { LoadFnOutput, LoadHookContext } from "node:module";
import type { SwapRecord } from "../stats/process-report.js";
import { warnOnce } from "../warn.js";
import { hostPackageOf } from "./host-package.js";
import { swapInjector } from "./swap.js";

const ENTRIES_WITH_THE_FUNCTION =
  /\/(?:@hyperframes\/)?producer\/dist\/(?:index|distributed|public-server)\.js$|\/videoFrameInjector\.js$/;

/** A synchronous load hook for `module.registerHooks` that swaps the function by content. */
export function createLoadHook(onRecord: (record: SwapRecord) => void) {
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
    if (result.kind === "swapped") {
      onRecord(record);
      return { ...loaded, source: result.source };
    }
    const reason =
      result.kind === "untouched"
        ? result.reason
        : ENTRIES_WITH_THE_FUNCTION.test(url)
          ? "createVideoFrameInjector is not in it"
          : undefined;
    if (reason !== undefined) {
      onRecord({ ...record, reason });
      warnOnce(
        `swap:${url}`,
        `${host.name} ${host.version} stays as it is: ${reason} (${url}).`,
        "SWAP_NOT_CLEAN",
      );
    }
    return loaded;
  };
}
