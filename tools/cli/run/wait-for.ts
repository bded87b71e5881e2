import { closeSync, openSync } from "node:fs";
import { constants } from "node:os";
import { spawn } from "../../vendor/cross-spawn.js";
import { notStarted } from "./not-started.js";

/** Signals that somebody sends to this process and means for the command. */
const FORWARDED: readonly NodeJS.Signals[] = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"];

/** Ctrl-C and Ctrl-\: a terminal gives them to the command, too. */
const TYPED: readonly NodeJS.Signals[] = ["SIGINT", "SIGQUIT"];

/**
 * Starts the command, waits for it and ends as it does, where this process cannot become it. Ctrl-Z stops both by itself, since both are
 * of one job.
 */
export function waitFor([program = "", ...args]: readonly string[], env: NodeJS.ProcessEnv): void {
  // Takes `.cmd` files on Windows, which Node starts through a shell only.
  const child = spawn(program, args, { env, stdio: "inherit" });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  const ignore = () => undefined;
  const typed = hasTerminal() ? ignore : forward;
  const listeners = new Map([
    ...FORWARDED.map((signal) => [signal, forward] as const),
    ...TYPED.map((signal) => [signal, typed] as const),
  ]);
  // Windows has no SIGUSR1 and SIGUSR2, and Bun ends the process for a few that it does not know.
  const known = [...listeners].filter(([signal]) => Object.hasOwn(constants.signals, signal));
  for (const [signal, listener] of known) process.on(signal, listener);
  const settle = () => {
    for (const [signal, listener] of known) process.off(signal, listener);
  };
  child.once("error", (error: NodeJS.ErrnoException) => {
    settle();
    if (error.code === "ENOENT") return notStarted([program, ...args], "missing");
    if (error.code === "EACCES") return notStarted([program, ...args], "not-executable");
    console.error(`hyperframes-native: ${program} cannot be started: ${error.message}.`);
    process.exitCode = 126;
  });
  child.once("exit", (code, signal) => {
    settle();
    process.exitCode = code ?? 1;
    if (signal === null) return;
    // Ended by the same signal, as a shell and a parent expect.
    process.exitCode = 128 + constants.signals[signal];
    process.kill(process.pid, signal);
  });
}

/** Whether keys like Ctrl-C can reach this process from a terminal. */
function hasTerminal(): boolean {
  if (process.platform === "win32") return true; // a console, and no other way to send the two
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}
