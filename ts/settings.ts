/** The environment: the one place where a render reads it, or writes into it. */
import { TRANSPORT_CHOICES, type TransportChoice } from "./frame.js";

const ON = ["on", "1", "true", "yes"];
const OFF = ["off", "0", "false", "no"];

/** Variables that leave one thing as upstream has it, and nothing else: `<variable>=keep`. */
export const KEEP_SWITCHES = ["HYPERFRAMES_NATIVE_CLIP", "HYPERFRAMES_NATIVE_MEDIA"] as const;

export type KeepSwitch = (typeof KEEP_SWITCHES)[number];

/** Variables for users, with the values that they can have, in any case; `null`: any value. An empty one counts as not set. */
const VARIABLES: Readonly<Record<string, readonly string[] | null>> = {
  HYPERFRAMES_NATIVE: [...OFF, ...ON],
  HYPERFRAMES_NATIVE_TRANSPORT: TRANSPORT_CHOICES,
  HYPERFRAMES_NATIVE_CLIP: ["keep"],
  HYPERFRAMES_NATIVE_MEDIA: ["keep"],
  HYPERFRAMES_NATIVE_STATS: null,
  HYPERFRAMES_NATIVE_QUIET: [...OFF, ...ON],
};

/** Variables from process to process, and those of this package's own tests. */
const INTERNAL = /^HYPERFRAMES_NATIVE_(?:RUN$|PROBE$|FAULTS?(?:_|$)|TEST_)/;

function normalized(name: string, env = process.env): string {
  return env[name]?.trim().toLowerCase() ?? "";
}

/** Whether `HYPERFRAMES_NATIVE` switches the drop-in off. A value that is not known means on. */
export function isSwitchedOff(env = process.env): boolean {
  return OFF.includes(normalized("HYPERFRAMES_NATIVE", env));
}

export function keeps(variable: KeepSwitch): boolean {
  return normalized(variable) === "keep";
}

/** Whether `HYPERFRAMES_NATIVE_QUIET` asks for no summary. Any value but those for "no" does. */
export function isQuiet(env = process.env): boolean {
  return !["", ...OFF].includes(normalized("HYPERFRAMES_NATIVE_QUIET", env));
}

/** How frames are to travel. A value that is not known means `auto`. */
export function askedTransport(): TransportChoice {
  const value = normalized("HYPERFRAMES_NATIVE_TRANSPORT");
  return TRANSPORT_CHOICES.find((choice) => choice === value) ?? "auto";
}

/** The file for the statistics, as it was written. */
export function statisticsFile(): string | undefined {
  return process.env.HYPERFRAMES_NATIVE_STATS || undefined;
}

/** A variable as it was written: `HYPERFRAMES_NATIVE=Off`. */
export function asWritten(name: string): string {
  return `${name}=${process.env[name]}`;
}

/** Whether the generated loader of the native binary was told what to load. */
export function isBinaryChosen(): boolean {
  const { NAPI_RS_NATIVE_LIBRARY_PATH, NAPI_RS_FORCE_WASI, NAPI_RS_WASI_FLAVOR } = process.env;
  return Boolean(NAPI_RS_NATIVE_LIBRARY_PATH || NAPI_RS_FORCE_WASI || NAPI_RS_WASI_FLAVOR);
}

/** A variable that means nothing, or has a value that means nothing. */
export interface WrongVariable {
  readonly name: string;
  /** A sentence. */
  readonly found: string;
  /** Another one: what to write instead. */
  readonly advice: string;
}

/** The variables that somebody meant for this package and that do nothing as they are. */
export function wrongVariables(env = process.env): WrongVariable[] {
  const known = Object.keys(VARIABLES);
  return Object.keys(env).flatMap((written) => {
    // On Windows the case of a name means nothing.
    const name = process.platform === "win32" ? written.toUpperCase() : written;
    const allowed = VARIABLES[name];
    if (allowed === undefined) {
      const upper = name.toUpperCase();
      // The letters of most names need not be compared.
      const meant = /HYPER|NATIV/.test(upper) ? nearest(upper, known) : undefined;
      if (INTERNAL.test(name) || (meant === undefined && !upper.startsWith("HYPERFRAMES_NATIVE"))) return [];
      const found = `${name}=${env[name]} means nothing: there is no variable of this name.`;
      return [{ name, found, advice: meant ? `Write ${meant}.` : `There are ${known.join(", ")}.` }];
    }
    if (allowed === null || ["", ...allowed].includes(normalized(name, env))) return [];
    const found = `${name}=${env[name]} is not known, and does nothing.`;
    const words = [allowed.slice(0, -1).join(", "), allowed.at(-1)].filter(Boolean).join(" or ");
    return [{ name, found, advice: `Write ${words}, or unset it.` }];
  });
}

/**
 * The word that is nearly written like this: a letter is missing, too many, wrong or swapped with its neighbour, in words of six letters
 * and more two.
 */
export function nearest(written: string, words: Iterable<string>): string | undefined {
  let [best, most]: [string | undefined, number] = [undefined, Math.min(2, Math.floor(written.length / 3))];
  for (const word of words) {
    const distance = editDistance(written, word);
    if (distance <= most) [best, most] = [word, distance - 1];
  }
  return best;
}

/** Damerau's distance of two short texts, each letter moved once (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= a.length; row++) {
    rows.push([row]);
    for (let column = 1; column <= b.length; column++) {
      const wrong = a[row - 1] === b[column - 1] ? 0 : 1;
      const isSwapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const distance = Math.min(
        at(row - 1, column) + 1,
        at(row, column - 1) + 1,
        at(row - 1, column - 1) + wrong,
        isSwapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
      rows[row]?.push(distance);
    }
  }
  return at(a.length, b.length);
}

/**
 * Tells the processes of one run of each other. A CLI starts helpers of its own in which the drop-in is on as well; the first process
 * says in its environment when the run began and what was warned of already, and those that it starts inherit that.
 */
const RUN_VARIABLE = "HYPERFRAMES_NATIVE_RUN";

interface Run {
  /** Milliseconds since 1970. */
  readonly startMs: number;
  readonly told: readonly string[];
}

function currentRun(): Run {
  try {
    const { startMs, told } = JSON.parse(process.env[RUN_VARIABLE] ?? "") as Partial<Run>;
    if (typeof startMs === "number" && Array.isArray(told)) return { startMs, told };
  } catch {
    // Nobody came before, or it is nothing of ours.
  }
  return { startMs: Date.now(), told: [] };
}

function publishRun(run: Run): void {
  process.env[RUN_VARIABLE] = JSON.stringify(run);
}

/** When the run began that this process is a part of, in milliseconds since 1970. */
export function runStartMs(): number {
  const run = currentRun();
  publishRun(run);
  return run.startMs;
}

/** Whether no process of this run has asked for `key` before. */
export function isFirstInRun(key: string): boolean {
  const run = currentRun();
  if (run.told.includes(key)) return false;
  publishRun({ ...run, told: [...run.told, key] });
  return true;
}
