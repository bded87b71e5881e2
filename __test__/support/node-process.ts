/** Node in a process of its own. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";

/** The generated loader, as child processes and workers import it. */
export const BINDING = new URL("../../index.js", import.meta.url).href;

const inlineModule = (source: string) => `data:text/javascript,${encodeURIComponent(source)}`;

/** A module that makes Node what it was before 22.15: without load hooks. */
export const WITHOUT_HOOKS = inlineModule(
  'import module, { syncBuiltinESMExports } from "node:module"; module.registerHooks = undefined; syncBuiltinESMExports();',
);

const WITHOUT_EXECVE = inlineModule("delete process.execve;");

/** What `run` does with its process; it waits on Windows and on Node before 22.15. */
export const WAYS_TO_RUN = [
  { name: "the process becomes the command", nodeArgs: [] },
  { name: "the process waits for the command", nodeArgs: ["--import", WITHOUT_EXECVE] },
] as const;

/** How a process ended, and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProcessOptions {
  readonly cwd?: string;
  /** All of its variables; by default this process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** A group of its own, and so no terminal. */
  readonly detached?: boolean;
  /** Milliseconds after which it is ended with SIGKILL. */
  readonly deadline?: number;
  /** A command that runs the one behind it. */
  readonly under?: readonly string[];
}

/** Starts Node with these arguments. */
export function startNode(
  args: readonly string[],
  { deadline = 20_000, under = [], ...options }: ProcessOptions = {},
): { readonly child: ChildProcessWithoutNullStreams; readonly ended: Promise<Ended> } {
  const [program = "", ...rest] = [...under, process.execPath, ...args];
  const child = spawn(program, rest, { ...options, timeout: deadline, killSignal: "SIGKILL" });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, ended };
}

/** Runs a module, and says how long it ran; `env` comes on top of this process's. */
export async function runModule(
  source: string,
  deadline: number,
  { flags = [], env, ...options }: ProcessOptions & { readonly flags?: readonly string[] } = {},
): Promise<Ended & { readonly milliseconds: number }> {
  const started = performance.now();
  const args = [...flags, "--input-type=module", "--eval", source];
  const all = { ...options, env: { ...process.env, ...env }, deadline };
  const ended = await startNode(args, all).ended;
  return { ...ended, milliseconds: performance.now() - started };
}
