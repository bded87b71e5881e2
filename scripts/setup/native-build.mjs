import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { newestChange } from "./newest-change.mjs";
import { inRoot } from "./paths.mjs";
import { runQuietly } from "./run-command.mjs";

const SOURCES = ["src", "Cargo.toml", "Cargo.lock", "build.rs", "rust-toolchain.toml", ".cargo"];

export const nativeBuildStep = {
  title: "native module (cargo, release; one to three minutes the first time)",
  isDone: () => existsSync(inRoot("index.js")) && isBuiltIn(inRoot()),
  run: (env) => runQuietly("npm", ["run", "--silent", "build:native"], env),
};

/** Of the crates only the last one is compiled again. */
export const faultBuildStep = {
  title: "native module with faults for tests",
  isDone: () => isBuiltIn(inRoot("target", "faults")),
  run: (env) => runQuietly("npm", ["run", "--silent", "build:faults"], env),
};

function isBuiltIn(folder) {
  if (!existsSync(folder)) return false;
  const prefix = `hyperframes-native.${process.platform}-${process.arch}`;
  const built = readdirSync(folder).filter((name) => name.startsWith(prefix) && name.endsWith(".node"));
  const changed = newestChange(SOURCES.map((name) => inRoot(name)));
  return built.some((name) => statSync(path.join(folder, name)).mtimeMs >= changed);
}
