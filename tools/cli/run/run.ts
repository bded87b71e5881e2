import { withDropIn } from "./drop-in-environment.js";
import { findCommand } from "./find-command.js";
import { notStarted } from "./not-started.js";
import { replaceProcess } from "./replace-process.js";

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
