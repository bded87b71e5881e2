/**
 * `node --import hyperframes-native/register`, `bun --preload hyperframes-native/bun`: swaps `createVideoFrameInjector` in the
 * published HyperFrames packages while they load. Does nothing else, and nothing at all with `HYPERFRAMES_NATIVE=off` and no
 * statistics asked for.
 */
import * as module from "node:module";
import { processReport } from "../stats/process-report.js";
import { warnOnce } from "../warn.js";
import { bunRuntime, installBunPlugin } from "./bun-plugin.js";
import { createLoadHook, type LoadHookOptions } from "./load-hook.js";
import { chooseSwaps, publishSwaps, type Swaps } from "./swaps.js";

const report = processReport();
const swaps = await chooseSwaps(report);
if (swaps !== undefined) install(swaps);

function install(swaps: Swaps): void {
  const options: LoadHookOptions = {
    swapsClip: swaps.clip !== undefined,
    onRecord: (record) => report?.swap(record),
  };
  // Bun first: a later one may have Node's function without ever calling the hooks (oven-sh/bun#34174).
  const bun = bunRuntime();
  if (bun !== undefined) {
    publishSwaps(swaps);
    installBunPlugin(bun, options);
    return;
  }
  // Node 22.15 and 23.5 brought synchronous hooks.
  if (typeof module.registerHooks !== "function") {
    const reason = `module.registerHooks is missing in this runtime (${process.version}); Node 22.15 or newer has it`;
    warnOnce("register:hooks", `HyperFrames runs unchanged: ${reason}.`, "RUNTIME_TOO_OLD");
    report?.tally.fellBack(reason);
    return;
  }
  publishSwaps(swaps);
  module.registerHooks({ load: createLoadHook(options) });
}
