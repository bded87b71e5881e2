import { KEEP_SWITCHES, type KeepSwitch, keeps } from "../../keep-switch.js";
import { SWAP_KEY } from "../../register/swap-injector.js";
import { isSwitchedOff } from "../../stats/process-report.js";
import { transportFromEnvironment } from "../../transport/transport-choice.js";
import type { Finding } from "./finding.js";

const PREFIX = "HYPERFRAMES_NATIVE";

/** The environment variables that this version reads. */
const KNOWN: ReadonlySet<string> = new Set([
  "HYPERFRAMES_NATIVE",
  "HYPERFRAMES_NATIVE_TRANSPORT",
  ...KEEP_SWITCHES,
  "HYPERFRAMES_NATIVE_STATS",
  "HYPERFRAMES_NATIVE_QUIET",
  // From process to process.
  "HYPERFRAMES_NATIVE_RUN",
  // Faults on purpose, for this package's tests.
  "HYPERFRAMES_NATIVE_FAULTS",
  "HYPERFRAMES_NATIVE_FAULT_SERVER",
  "HYPERFRAMES_NATIVE_FAULT_PANIC",
]);

/** The environment variables of this package: what switches the drop-in off, and what means nothing to it. */
export function checkSwitches(): Finding[] {
  const { env } = process;
  const set = Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith(PREFIX)));
  const findings: Finding[] = [onOrOff(set)];
  for (const name of Object.keys(set).filter((name) => !KNOWN.has(name))) {
    const known = Array.from(KNOWN).filter((other) => !/_(FAULT|RUN$)/.test(other));
    findings.push(unknown(`${name} is not a variable of this version.`, `Use ${known.join(", ")}.`));
  }
  transportFromEnvironment(); // warns of a value that it does not know
  for (const variable of KEEP_SWITCHES) {
    const value = env[variable];
    if (keeps(variable)) findings.push(KEPT[variable](value));
    else if (value) findings.push(unknown(`${variable}=${value} is not known.`, 'Use "keep", or unset it.'));
  }
  return findings;
}

/** What it costs to keep what a variable keeps. */
const KEPT: Readonly<Record<KeepSwitch, (value: string | undefined) => Finding>> = {
  HYPERFRAMES_NATIVE_CLIP: (value) => ({
    code: "CLIP_KEPT",
    check: "switches",
    status: "warning",
    found: `HYPERFRAMES_NATIVE_CLIP=${value}: screenshots keep their clip, so no frame is decoded ahead for them.`,
    advice: "Unset HYPERFRAMES_NATIVE_CLIP; BeginFrame capture does not mind it.",
  }),
  HYPERFRAMES_NATIVE_MEDIA: (value) => ({
    code: "MEDIA_KEPT",
    check: "switches",
    status: "warning",
    found: `HYPERFRAMES_NATIVE_MEDIA=${value}: Chrome seeks every <audio> at every frame, which decodes the video of a file that has one.`,
    advice: "Unset HYPERFRAMES_NATIVE_MEDIA, unless the pictures of your composition need it.",
  }),
};

/** A finding of a variable that means nothing. */
export function unknown(found: string, advice: string): Finding {
  return { code: "SWITCH_UNKNOWN", check: "switches", status: "warning", found, advice };
}

function onOrOff(set: NodeJS.ProcessEnv): Finding {
  if (isSwitchedOff()) {
    return {
      code: "SWITCHED_OFF",
      check: "switches",
      status: "fault",
      found: `HYPERFRAMES_NATIVE=${set.HYPERFRAMES_NATIVE} switches the drop-in off.`,
      advice: "Unset HYPERFRAMES_NATIVE, or set it to on.",
      details: set,
    };
  }
  // What `register` leaves in a process that it is on in; this one is started as renders from here are.
  const isHere = Object.hasOwn(globalThis, Symbol.for(SWAP_KEY));
  return {
    code: "SWITCHED_ON",
    check: "switches",
    status: "ok",
    found: isHere
      ? "The drop-in is on in this very process, as in all that are started in the same way."
      : "Nothing switches the drop-in off.",
    advice: isHere
      ? "Render as ever."
      : "Start renders by `npx hyperframes-native run -- hyperframes render`: a render without it is not swapped.",
    details: { ...set, NODE_OPTIONS: process.env.NODE_OPTIONS ?? null, isHere },
  };
}
