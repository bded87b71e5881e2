import type { RenderFailure } from "./render-failure.js";

const LAST_LINES = 5;

/** What a user is told of a render that failed: a sentence with the reason, what else is known, and a few last lines. */
export function failureMessage(what: string, failure: RenderFailure, further = ""): string {
  const lines = lastLines(failure.log);
  const log = lines.length === 0 ? [] : ["Its last lines:", ...lines.map((line) => `  ${line}`)];
  return [`${what} failed: ${sentence(reasonOf(failure))}${further && ` ${further}`}`, ...log].join("\n");
}

/** The renderer's own words where it had any; else how its process ended. */
export function reasonOf({ reason, message }: RenderFailure): string {
  const said = reason ?? message.replace(/ Its last lines:\n.*/s, "");
  return said.trim().split("\n")[0] ?? "";
}

export function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Lines of the log that say nothing of a failure: the places of the code that threw, the renderer's diary. */
const BESIDE = /^\s+at |^\s*$|^\[(?:INFO|DEBUG)\]/;

/** Whole lines, the last of those that may say something. */
function lastLines(log: string): readonly string[] {
  const told = log.split("\n").filter((line) => !BESIDE.test(line));
  return told.slice(-LAST_LINES).map((line) => line.trimEnd());
}
