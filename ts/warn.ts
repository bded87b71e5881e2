/** Type of every process warning of this package; filter with `node --disable-warning=HyperframesNativeWarning`. */
export const WARNING_TYPE = "HyperframesNativeWarning";

const given = new Set<string>();

/**
 * Warns once a process for each `key`. Goes through `process.emitWarning`, so it reaches stderr by default, can be
 * listened to (`process.on("warning")`) and silenced by Node's own flags.
 */
export function warnOnce(key: string, message: string, code: string): void {
  if (given.has(key)) return;
  given.add(key);
  process.emitWarning(message, { type: WARNING_TYPE, code });
}

/** The same once a run: what is wrong with the environment, or the runtime, is wrong in every process that is started with it. */
export function warnOnceARun(key: string, message: string, code: string): void {
  if (!given.has(key) && isFirstToTell(key)) warnOnce(key, message, code);
}

/**
 * What the processes of one run know of each other. A CLI starts helpers of its own in which the drop-in is on as well; the
 * first process says in its environment when the run began and what was told already, and those that it starts inherit that.
 */
const VARIABLE = "HYPERFRAMES_NATIVE_RUN";

interface ProcessRun {
  /** Milliseconds since 1970. */
  readonly startMs: number;
  readonly told: readonly string[];
}

/** When the run began that this process is a part of, in milliseconds since 1970. */
export function runStartMs(): number {
  const run = current();
  publish(run);
  return run.startMs;
}

/** Whether no process before this one has told `key`; from now on one has. */
export function isFirstToTell(key: string): boolean {
  const run = current();
  if (run.told.includes(key)) return false;
  publish({ ...run, told: [...run.told, key] });
  return true;
}

function current(): ProcessRun {
  try {
    const { startMs, told } = JSON.parse(process.env[VARIABLE] ?? "") as Partial<ProcessRun>;
    if (typeof startMs === "number" && Array.isArray(told)) return { startMs, told };
  } catch {
    // Nobody came before, or it is nothing of ours.
  }
  return { startMs: Date.now(), told: [] };
}

function publish(run: ProcessRun): void {
  process.env[VARIABLE] = JSON.stringify(run);
}
