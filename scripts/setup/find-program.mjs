import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The first of these programs that the PATH of `env` holds, or null. */
export function findProgram(names, env) {
  const extensions = process.platform === "win32" ? [".exe", ".cmd", ""] : [""];
  for (const name of names) {
    for (const dir of (env.PATH ?? "").split(path.delimiter)) {
      if (dir === "") continue;
      for (const extension of extensions) {
        const file = path.join(dir, name + extension);
        if (isExecutable(file)) return file;
      }
    }
  }
  return null;
}
