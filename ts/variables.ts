/** The environment variables of this package: which there are, what they may say, and which name of another one was meant. */
import { nearest } from "./near.js";
import { TRANSPORT_CHOICES } from "./transports/transport.js";
import { warnOnceARun } from "./warn.js";

/** What means yes and no, in any case. */
const ON = ["on", "1", "true", "yes"];
const OFF = ["off", "0", "false", "no"];

/** Variables that leave one thing as upstream has it, and nothing else: `<variable>=keep`. */
export const KEEP_SWITCHES = ["HYPERFRAMES_NATIVE_CLIP", "HYPERFRAMES_NATIVE_MEDIA"] as const;

export type KeepSwitch = (typeof KEEP_SWITCHES)[number];

/** Those for users, with the values that they can have; `null`: any. An empty one counts as not set. */
const VARIABLES: Readonly<Record<string, readonly string[] | null>> = {
  HYPERFRAMES_NATIVE: [...OFF, ...ON],
  HYPERFRAMES_NATIVE_TRANSPORT: TRANSPORT_CHOICES,
  HYPERFRAMES_NATIVE_CLIP: ["keep"],
  HYPERFRAMES_NATIVE_MEDIA: ["keep"],
  HYPERFRAMES_NATIVE_STATS: null,
  HYPERFRAMES_NATIVE_QUIET: [...OFF, ...ON],
};

/** From process to process; faults on purpose, and what this package's own tests are told. */
const INTERNAL = /^HYPERFRAMES_NATIVE_(?:RUN$|PROBE$|FAULTS?(?:_|$)|TEST_)/;

/** A variable that means nothing, or has a value that means nothing. */
export interface WrongVariable {
  readonly name: string;
  /** A sentence. */
  readonly found: string;
  /** Another one: what to write instead. */
  readonly advice: string;
}

/** Whether `HYPERFRAMES_NATIVE` switches the drop-in off. A value that is not known means on. */
export function isSwitchedOff(env: NodeJS.ProcessEnv = process.env): boolean {
  return OFF.includes(given("HYPERFRAMES_NATIVE", env));
}

/** Whether the variable says `keep`. */
export function keeps(variable: KeepSwitch): boolean {
  return given(variable, process.env) === "keep";
}

/** Whether `HYPERFRAMES_NATIVE_QUIET` asks for no summary. Any value but those for "no" does. */
export function isQuiet(env: NodeJS.ProcessEnv = process.env): boolean {
  return !["", ...OFF].includes(given("HYPERFRAMES_NATIVE_QUIET", env));
}

/** The variables that somebody meant for this package and that do nothing as they are. */
export function wrongVariables(env: NodeJS.ProcessEnv = process.env): readonly WrongVariable[] {
  return Object.keys(env).flatMap((written) => {
    // On Windows the case of a name means nothing.
    const name = process.platform === "win32" ? written.toUpperCase() : written;
    const allowed = VARIABLES[name];
    if (allowed === undefined) return isMeantForUs(name) ? [unknownName(name, env)] : [];
    const isKnown = allowed === null || ["", ...allowed].includes(given(name, env));
    return isKnown ? [] : [unknownValue(name, env, allowed)];
  });
}

/** Tells of them once a run. */
export function tellWrongVariables(): void {
  for (const { name, found, advice } of wrongVariables())
    warnOnceARun(`env:${name}`, `${found} ${advice}`, "INVALID_OPTION");
}

function isMeantForUs(name: string): boolean {
  if (INTERNAL.test(name)) return false;
  const upper = name.toUpperCase();
  if (upper.startsWith("HYPERFRAMES_NATIVE")) return true;
  // The letters of all others need not be compared.
  return /HYPER|NATIV/.test(upper) && nearest(upper, Object.keys(VARIABLES)) !== undefined;
}

function unknownName(name: string, env: NodeJS.ProcessEnv): WrongVariable {
  const meant = nearest(name.toUpperCase(), Object.keys(VARIABLES));
  return {
    name,
    found: `${name}=${env[name]} means nothing: there is no variable of this name.`,
    advice: meant === undefined ? `There are ${Object.keys(VARIABLES).join(", ")}.` : `Write ${meant}.`,
  };
}

function unknownValue(name: string, env: NodeJS.ProcessEnv, allowed: readonly string[]): WrongVariable {
  return {
    name,
    found: `${name}=${env[name]} is not known, and does nothing.`,
    advice: `Write ${alternatives(allowed)}, or unset it.`,
  };
}

function alternatives(words: readonly string[]): string {
  return words.length === 1 ? `${words[0]}` : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function given(name: string, env: NodeJS.ProcessEnv): string {
  return env[name]?.trim().toLowerCase() ?? "";
}
