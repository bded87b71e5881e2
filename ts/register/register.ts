/**
 * `node --import hyperframes-native/register`, `bun --preload hyperframes-native/bun`: swaps `createVideoFrameInjector` in the
 * published HyperFrames packages while they load. Does nothing else, and nothing at all with `HYPERFRAMES_NATIVE=off` and no
 * statistics asked for.
 */
import * as module from "node:module";
import { messageOf, warnOncePerRun } from "../errors.js";
import { noteSwap, noteUnchanged, noteWithoutFunction } from "../telemetry/process-end.js";
import { processReport } from "../telemetry/process-report.js";
import type { LoadHookOptions } from "./load-hook.js";
import { chooseSwaps, publishSwaps, type Swaps } from "./swaps.js";

const report = processReport();
const swaps = await chooseSwaps(report);
if (swaps !== undefined) await install(swaps);

async function install(swaps: Swaps): Promise<void> {
  const options: LoadHookOptions = {
    onRecord: (record) => {
      report?.swap(record);
      noteSwap(record);
    },
    onWithoutFunction: noteWithoutFunction,
  };
  let loadHook: typeof import("./load-hook.js");
  try {
    loadHook = await import("./load-hook.js");
  } catch (error) {
    // A runtime without WebAssembly (`--jitless`), which the lexer is made of.
    const reason = `bundles cannot be looked through here (${messageOf(error)})`;
    leaveUnchanged("register:load-hook", reason, "RUNTIME_UNSUITABLE");
    return;
  }
  const bun = loadHook.bunRuntime();
  // Node 22.15 and 23.5 brought synchronous hooks.
  if (bun === undefined && typeof module.registerHooks !== "function") {
    const reason = `module.registerHooks is missing in this runtime (${process.version}); Node 22.15 or newer has it`;
    leaveUnchanged("register:hooks", reason, "RUNTIME_TOO_OLD");
    return;
  }
  publishSwaps(swaps);
  // Bun first: a later one may have Node's function without ever calling the hooks (oven-sh/bun#34174).
  if (bun !== undefined) loadHook.installBunPlugin(bun, options);
  else module.registerHooks({ load: loadHook.createLoadHook(options) });
}

function leaveUnchanged(key: string, reason: string, code: string): void {
  warnOncePerRun(key, `HyperFrames runs unchanged: ${reason}.`, code);
  report?.tally.fellBack(reason);
  noteUnchanged(reason);
}
