import { accessSync, constants, type Stats, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

/** Why a command cannot be started. */
export type StartFailure = "missing" | "folder" | "not-executable";

/** Whether a shell would find the command, by its rules; `undefined` where it would. */
export function findCommand(name: string, path: string): StartFailure | undefined {
  if (name === "") return "missing";
  if (name.includes("/") || isAbsolute(name)) return failureOf(name);
  // An empty entry is the working directory.
  const tried = path.split(delimiter).map((folder) => failureOf(join(folder === "" ? "." : folder, name)));
  if (tried.includes(undefined)) return undefined;
  return tried.includes("not-executable") ? "not-executable" : "missing";
}

function failureOf(file: string): StartFailure | undefined {
  let stat: Stats | undefined;
  try {
    stat = statSync(file, { throwIfNoEntry: false });
  } catch {
    // A file stands where a folder would have to be, or a folder must not be looked into.
  }
  if (stat === undefined) return "missing";
  if (stat.isDirectory()) return "folder";
  try {
    accessSync(file, constants.X_OK);
    return undefined;
  } catch {
    return "not-executable";
  }
}
