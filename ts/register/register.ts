/**
 * `node --import hyperframes-native/register`: swaps `createVideoFrameInjector` in the published HyperFrames packages
 * while they load. Does nothing else, and nothing at all with `HYPERFRAMES_NATIVE=off` and no statistics asked for.
 */
import * as module from "node:module";
import { HyperframesNativeError } from "../errors.js";
import { captureClip } from "../page/capture-clip.js";
import { isSwitchedOff, processReport } from "../stats/process-report.js";
import { warnOnce } from "../warn.js";
import { type InjectorSwap, nativeSwap, timedSwap } from "./injector-swap.js";
import { keepsClip } from "./keeps-clip.js";
import { CLIP_KEY, SWAP_KEY } from "./swap-keys.js";

const report = processReport();
const swaps = await chooseSwaps();
if (swaps !== undefined) await install(swaps);

interface Swaps {
  readonly injector: InjectorSwap;
  readonly clip?: typeof captureClip | undefined;
}

async function chooseSwaps(): Promise<Swaps | undefined> {
  const timed = report && { injector: timedSwap(report) };
  if (isSwitchedOff()) return timed;
  try {
    const { createHostedInjector } = await import("../injector/create.js");
    return {
      injector: nativeSwap(createHostedInjector, report),
      clip: keepsClip() ? undefined : captureClip,
    };
  } catch (error) {
    const own = error instanceof HyperframesNativeError ? error : undefined;
    const reason = own?.message ?? (error instanceof Error ? error.message : String(error));
    const advice = own?.advice === undefined ? "" : ` ${own.advice}`;
    warnOnce(
      "register:binding",
      `HyperFrames runs unchanged: ${reason}.${advice}`,
      own?.code ?? "BINDING_BROKEN",
    );
    report?.tally.fellBack("the native binary could not be loaded");
    return timed;
  }
}

async function install({ injector, clip }: Swaps): Promise<void> {
  // Node 22.15 and 23.5 brought synchronous hooks; Bun has none.
  if (typeof module.registerHooks !== "function") {
    const reason = `module.registerHooks is missing in this runtime (${process.version}); Node 22.15 or newer has it`;
    warnOnce("register:hooks", `HyperFrames runs unchanged: ${reason}.`, "RUNTIME_TOO_OLD");
    report?.tally.fellBack(reason);
    return;
  }
  let hook: typeof import("./load-hook.js");
  try {
    hook = await import("./load-hook.js");
  } catch (error) {
    // A runtime without WebAssembly (`--jitless`), which the lexer is made of.
    const reason = `bundles cannot be looked through here (${error instanceof Error ? error.message : String(error)})`;
    warnOnce("register:load-hook", `HyperFrames runs unchanged: ${reason}.`, "RUNTIME_UNSUITABLE");
    report?.tally.fellBack(reason);
    return;
  }
  publish(SWAP_KEY, injector);
  if (clip !== undefined) publish(CLIP_KEY, clip);
  module.registerHooks({
    load: hook.createLoadHook({ swapsClip: clip !== undefined, onRecord: (record) => report?.swap(record) }),
  });
}

/** Puts a function where swapped code looks for it. */
function publish(key: string, value: unknown): void {
  Object.defineProperty(globalThis, Symbol.for(key), { value, configurable: true });
}
