import { foregroundChild } from "foreground-child";
import { withDropIn } from "./drop-in-environment.js";

/**
 * Runs a command with the drop-in in every Node process that it starts. Signals go to the command, and this process ends as the
 * command does, with its exit code or by its signal.
 */
export function runWithDropIn(command: readonly string[]): void {
  const [program = "", ...args] = command;
  const child = foregroundChild(program, args, { env: withDropIn(process.env) });
  child.once("error", (error: NodeJS.ErrnoException) => {
    const reason = error.code === "ENOENT" ? "there is no such command" : error.message;
    console.error(`hyperframes-native: ${program} cannot be started: ${reason}.`);
    // The shells' own codes: 127 where a command is not found, 126 where it cannot be run.
    process.exit(error.code === "ENOENT" ? 127 : 126);
  });
}
