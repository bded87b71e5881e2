import { accessSync, constants } from "node:fs";

/**
 * Looks the command up on the PATH and starts it, on every system of the POSIX kind. What cannot be started (a script whose interpreter
 * is not there, a binary of another processor) it tells, with a shell's exit code; `process.execve` itself would abort.
 */
const ENV = "/usr/bin/env";

/** Node ignores these two, and what is ignored stays so in the command. Source: `PlatformInit` in Node's `src/node.cc`. */
const IGNORED_BY_NODE = ["SIGPIPE", "SIGXFSZ"] as const;

/**
 * This process becomes the command: same process id, same place in the terminal's job, nobody left to pass signals through. Returns
 * where that cannot be done: Windows, Bun, Node before 22.15 (or 23.0 to 23.10).
 */
export function replaceProcess(command: readonly string[], env: NodeJS.ProcessEnv): void {
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
