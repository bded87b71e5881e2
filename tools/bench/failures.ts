/** Processes and renders that failed, and what a user is told of them. */

/** A process that failed; its message has the end of what it printed. */
export class ChildFailure extends Error {
  /** All that is kept of it, without colours. */
  readonly log: string;
  readonly timedOut: boolean;

  constructor(message: string, { log, timedOut }: Pick<ChildFailure, "log" | "timedOut">) {
    super(message);
    this.log = log;
    this.timedOut = timedOut;
  }
}

/** A render that failed, with what its process said of it. */
export class RenderFailure extends ChildFailure {
  /** The renderer's own error message; `null` where the process ended without one. */
  readonly reason: string | null;

  constructor(message: string, { reason, ...child }: Pick<RenderFailure, "reason" | "log" | "timedOut">) {
    super(message, child);
    this.reason = reason;
  }
}

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
