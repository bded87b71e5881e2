// What is built of this repository's own: the native module and the TypeScript, again where a source is newer.
import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { inRoot } from "./paths.mjs";
import { runQuietly } from "./run-command.mjs";

const NATIVE_SOURCES = ["src", "Cargo.toml", "Cargo.lock", "build.rs", "rust-toolchain.toml", ".cargo"];

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
  const changed = newestChange(NATIVE_SOURCES.map((name) => inRoot(name)));
  return built.some((name) => statSync(path.join(folder, name)).mtimeMs >= changed);
}

/** What scripts/tasks/tsconfig.build.json compiles, and how. */
const TS_SOURCES = [
  ...["ts", "tools/cli", "tools/bench", "tools/vendor", "index.d.ts", "tsconfig.json"],
  ...["scripts/tasks/tsconfig.build.json", "scripts/tasks/vendor.mjs"],
];

/** The last file that the build writes: scripts/tasks/vendor.mjs. */
const LAST = "dist/tools/vendor/uPlot.min.css";

export const tsBuildStep = {
  title: "TypeScript build",
  isDone() {
    const built = statSync(inRoot(LAST), { throwIfNoEntry: false });
    return built !== undefined && built.mtimeMs >= newestChange(TS_SOURCES.map((name) => inRoot(name)));
  },
  run: (env) => runQuietly("npm", ["run", "--silent", "build:ts"], env),
};

/** The time of the latest change under these files and folders; absent ones count as never changed. */
function newestChange(paths) {
  let newest = 0;
  for (const each of paths) {
    const stat = statSync(each, { throwIfNoEntry: false });
    if (stat === undefined) continue;
    newest = Math.max(newest, stat.mtimeMs);
    if (stat.isDirectory())
      newest = Math.max(newest, newestChange(readdirSync(each).map((name) => path.join(each, name))));
  }
  return newest;
}
