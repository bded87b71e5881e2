import os from "node:os";
import path from "node:path";

/**
 * The environment that set-up steps refine and every child process gets.
 * rustup puts cargo into ~/.cargo/bin and relies on a new login shell to find it; a CI step has none.
 */
export function baseEnvironment() {
  const env = { ...process.env };
  const cargoBin = path.join(env.CARGO_HOME ?? path.join(os.homedir(), ".cargo"), "bin");
  const parts = (env.PATH ?? "").split(path.delimiter);
  if (!parts.includes(cargoBin)) env.PATH = [...parts, cargoBin].join(path.delimiter);
  return env;
}

export function prependToPath(env, dir) {
  env.PATH = [dir, env.PATH ?? ""].join(path.delimiter);
}
