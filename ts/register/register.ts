/**
 * `node --import hyperframes-native/register`: swaps `createVideoFrameInjector` in the published HyperFrames packages
 * while they load. Does nothing else, and nothing at all with `HYPERFRAMES_NATIVE=off` and no statistics asked for.
 */
import * as module from "node:module";
import { isSwitchedOff, processReport } from "../stats/process-report.js";
import { warnOnce } from "../warn.js";
import { type InjectorSwap, nativeSwap, timedSwap } from "./injector-swap.js";
import { createLoadHook } from "./load-hook.js";
import { SWAP_KEY } from "./swap.js";

const report = processReport();
const swap = await chooseSwap();
if (swap !== undefined) install(swap);

async function chooseSwap(): Promise<InjectorSwap | undefined> {
  if (isSwitchedOff()) return report && timedSwap(report);
  try {
    const { createHostedInjector } = await import("../injector/create.js");
    return nativeSwap(createHostedInjector, report);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    warnOnce(
      "register:binding",
      `HyperFrames runs unchanged: the native binary of hyperframes-native could not be loaded (${reason}).`,
      "BINDING_MISSING",
    );
    report?.tally.fellBack("the native binary could not be loaded");
    return report && timedSwap(report);
  }
}

function install(swap: InjectorSwap): void {
  // Node 22.15 and 23.5 brought synchronous hooks; Bun has none.
  if (typeof module.registerHooks !== "function") {
    const reason = `module.registerHooks is missing in this runtime (${process.version}); Node 22.15 or newer has it`;
    warnOnce("register:hooks", `HyperFrames runs unchanged: ${reason}.`, "RUNTIME_TOO_OLD");
    report?.tally.fellBack(reason);
    return;
  }
  Object.defineProperty(globalThis, Symbol.for(SWAP_KEY), { value: swap, configurable: true });
  module.registerHooks({ load: createLoadHook((record) => report?.swap(record)) });
}
