/** `hyperframes-native run`. */
import { accessSync, constants } from "node:fs";
import { withDropIn } from "./drop-in-environment.js";
import { findCommand } from "./find-command.js";
import { notStarted } from "./not-started.js";

/**
 * Looks the command up on the PATH and starts it, on every system of the POSIX kind. What cannot be started (a script whose interpreter
 * is not there, a binary of another processor) it tells, with a shell's exit code; `process.execve` itself would abort.
 */
const ENV = "/usr/bin/env";

/** Node ignores these two, and what is ignored stays so in the command. Source: `PlatformInit` in Node's `src/node.cc`. */
const IGNORED_BY_NODE = ["SIGPIPE", "SIGXFSZ"] as const;

/**
 * Runs a command with the drop-in in every Node process that it starts. This process becomes the command where the system can do that,
 * so that Ctrl-Z, signals, a closed terminal and the exit code are the command's own; elsewhere it waits for it and ends as it does.
 */
export async function runWithDropIn(command: readonly string[]): Promise<void> {
  const env = withDropIn(process.env);
  // Windows has endings of its own to try; there the start says whether the command is there.
  const failure = process.platform === "win32" ? undefined : findCommand(command[0] ?? "", env.PATH ?? "");
  if (failure !== undefined) {
    notStarted(command, failure);
    return;
  }
  replaceProcess(command, env);
  const { waitFor } = await import("./wait-for.js");
  waitFor(command, env);
}

/**
 * This process becomes the command: same process id, same place in the terminal's job, nobody left to pass signals through. Returns
 * where that cannot be done: Windows, Bun, Node before 22.15 (or 23.0 to 23.10).
 */
function replaceProcess(command: readonly string[], env: NodeJS.ProcessEnv): void {
  if (typeof process.execve !== "function" || process.platform === "win32") return;
  // To env, an option and a variable.
  if (/^-|=/.test(command[0] ?? "")) return;
  try {
    accessSync(ENV, constants.X_OK);
  } catch {
    return;
  }
  for (const signal of IGNORED_BY_NODE) {
    // The last listener gone, libuv sets the signal back to what it does by default.
    const listener = () => undefined;
    process.on(signal, listener).off(signal, listener);
  }
  process.execve(ENV, [ENV, ...command], env);
}
