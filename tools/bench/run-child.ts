/** A Node process that renders: its output is kept, and it is ended with everything it started when it takes too long. */
import { spawn } from "node:child_process";
import { stripVTControlCharacters } from "node:util";
import { ChildFailure } from "./failures.js";
import { endTree } from "./process-tree.js";
import { type ProcessUse, ProcessWatch } from "./process-watch.js";

export interface ChildOptions {
  /** Names the process in errors. */
  readonly label: string;
  /** Default: the Node that this process runs on. */
  readonly program?: string | undefined;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly timeoutMs: number;
  /** Ends the process. */
  readonly signal?: AbortSignal;
  /** Told what the child sends. */
  readonly onMessage?: (message: unknown) => void;
}

/** Enough for the producer's traces of a render of minutes. */
const LOG_LIMIT = 512 * 1024;
const LOG_TAIL = 6_000;

export interface ChildResult {
  /** The end of what it printed. */
  readonly log: string;
  /** What it and all that it started took of the machine; `null` where the system does not say. */
  readonly processes: ProcessUse | null;
}

/** Runs Node; rejects with the end of what it printed where it failed. */
export function runChild(options: ChildOptions): Promise<ChildResult> {
  const { label, program = process.execPath, args, env, cwd, timeoutMs, signal, onMessage } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const child = spawn(program, args, {
      cwd,
      env,
      // A channel that nobody listens to would keep a program alive that is not made for it.
      stdio: onMessage === undefined ? ["ignore", "pipe", "pipe"] : ["ignore", "pipe", "pipe", "ipc"],
    });
    let log = "";
    const keep = (chunk: string) => {
      log = (log + chunk).slice(-LOG_LIMIT);
    };
    child.stdout?.setEncoding("utf8").on("data", keep);
    child.stderr?.setEncoding("utf8").on("data", keep);
    if (onMessage !== undefined) child.on("message", onMessage);
    const watch = child.pid === undefined ? undefined : new ProcessWatch(child.pid);

    let timedOut = false;
    let ended: (() => void) | undefined;
    const end = () => {
      if (child.pid !== undefined) ended ??= endTree(child.pid);
    };
    const timer = setTimeout(() => {
      timedOut = true;
      end();
    }, timeoutMs);
    signal?.addEventListener("abort", end, { once: true });
    const settle = () => {
      clearTimeout(timer);
      ended?.();
      signal?.removeEventListener("abort", end);
      return watch?.end() ?? null;
    };

    child.once("error", (error) => {
      settle();
      reject(error);
    });
    child.once("close", (code, endedBy) => {
      const processes = settle();
      if (code === 0 && !timedOut) {
        resolve({ log, processes });
        return;
      }
      const why = timedOut
        ? `took more than ${timeoutMs / 1000} s`
        : `ended with ${endedBy ?? `exit code ${code}`}`;
      const plain = stripVTControlCharacters(log);
      reject(new ChildFailure(`${label} ${why}. Its last lines:\n${tail(plain)}`, { log: plain, timedOut }));
    });
  });
}

/** The end of a log, from the start of a line on. */
function tail(log: string): string {
  if (log.length <= LOG_TAIL) return log;
  const end = log.slice(-LOG_TAIL);
  return end.slice(end.indexOf("\n") + 1);
}
