import {
  isSwitchedOff,
  KEEP_SWITCHES,
  type KeepSwitch,
  keeps,
  wrongVariables,
} from "../../../ts/settings.js";
import { SWAP_KEY } from "../../../ts/upstream.js";
import type { Finding } from "./finding.js";

const PREFIX = "HYPERFRAMES_NATIVE";

/** The environment variables of this package: what switches the drop-in off, and what means nothing to it. */
export function checkSwitches(): Finding[] {
  const { env } = process;
  const set = Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith(PREFIX)));
  const findings: Finding[] = [onOrOff(set)];
  for (const { found, advice } of wrongVariables(env))
    findings.push({ code: "SWITCH_UNKNOWN", check: "switches", status: "warning", found, advice });
  for (const variable of KEEP_SWITCHES) {
    if (keeps(variable)) findings.push(KEPT[variable](env[variable]));
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
    brief: isHere ? "on in this very process" : "nothing switches it off",
    found: isHere
      ? "The drop-in is on in this very process, as in all that are started in the same way."
      : "Nothing switches the drop-in off.",
    advice: isHere
      ? "Render as ever."
      : "Start renders by `npx hyperframes-native run -- hyperframes render`: a render without it is not swapped.",
    details: { ...set, NODE_OPTIONS: process.env.NODE_OPTIONS ?? null, isHere },
  };
}
