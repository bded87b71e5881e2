import { HyperframesNativeError } from "../errors.js";
import type { captureClip } from "../page-session.js";
import { type ProcessReport, processReport } from "../stats/process-report.js";
import { noteProcess, noteUnchanged } from "../telemetry/process-notes.js";
import { isSwitchedOff, keeps, tellWrongVariables } from "../variables.js";
import { warnOnceARun } from "../warn.js";
import { type InjectorSwap, nativeSwap, timedSwap } from "./injector-swap.js";
import { CLIP_KEY, SWAP_KEY } from "./swap-keys.js";

/** What swapped code is to call in this process. */
export interface Swaps {
  readonly injector: InjectorSwap;
  readonly clip?: typeof captureClip | undefined;
}

/** As the environment says: native, or upstream's own function timed, or `undefined` for nothing at all. */
export async function chooseSwaps(
  report: ProcessReport | undefined = processReport(),
): Promise<Swaps | undefined> {
  const timed = report && { injector: timedSwap(report) };
  // What is wrong with a variable is told by the first process of a run, for those that it starts.
  tellWrongVariables();
  noteProcess();
  if (isSwitchedOff()) return timed;
  try {
    const { wrapInjector } = await import("../create-injector.js");
    const { captureClip } = await import("../page-session.js");
    return {
      injector: nativeSwap(wrapInjector, report),
      clip: keeps("HYPERFRAMES_NATIVE_CLIP") ? undefined : captureClip,
    };
  } catch (error) {
    const own = error instanceof HyperframesNativeError ? error : undefined;
    const reason = own?.message ?? (error instanceof Error ? error.message : String(error));
    const advice = own?.advice === undefined ? "" : ` ${own.advice}`;
    const code = own?.code ?? "BINDING_BROKEN";
    warnOnceARun("register:binding", `HyperFrames runs unchanged: ${reason}.${advice}`, code);
    report?.tally.fellBack("the native binary could not be loaded");
    noteUnchanged(reason);
    return timed;
  }
}

/** Puts them where swapped code looks. */
export function publishSwaps({ injector, clip }: Swaps): void {
  publish(SWAP_KEY, injector);
  if (clip !== undefined) publish(CLIP_KEY, clip);
}

function publish(key: string, value: unknown): void {
  Object.defineProperty(globalThis, Symbol.for(key), { value, configurable: true });
}
