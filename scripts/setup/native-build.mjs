import { existsSync, readdirSync, statSync } from "node:fs";
import { newestChange } from "./newest-change.mjs";
import { inRoot, root } from "./paths.mjs";
import { runQuietly } from "./run-command.mjs";

const SOURCES = ["src", "Cargo.toml", "Cargo.lock", "build.rs", "rust-toolchain.toml", ".cargo"];

export const nativeBuildStep = {
  title: "native module (cargo, release; one to three minutes the first time)",
  isDone() {
    if (!existsSync(inRoot("index.js"))) return false;
    const prefix = `hyperframes-native.${process.platform}-${process.arch}`;
    const built = readdirSync(root).filter((name) => name.startsWith(prefix) && name.endsWith(".node"));
    const changed = newestChange(SOURCES.map((name) => inRoot(name)));
    return built.some((name) => statSync(inRoot(name)).mtimeMs >= changed);
  },
  async run(env) {
    await runQuietly("npm", ["run", "--silent", "build:native"], env);
  },
};
