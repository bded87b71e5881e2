// The packages as they would be published, installed into a project.
import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runProgram } from "../dist/bench/run-program.js";
import { root } from "./paths.ts";

const npm = process.platform === "win32" ? "npm.cmd" : "npm";

/** Packs this host's packages and installs them into an empty folder, with whatever else is named. */
export async function installPacked(project: string, ...further: readonly string[]): Promise<void> {
  await runProgram(process.execPath, [path.join(root, "scripts", "run.mjs"), "pack:host"]);
  writeFileSync(path.join(project, "package.json"), JSON.stringify({ name: "project", private: true }));
  const out = path.join(root, "packages-out");
  const tarballs = readdirSync(out).map((name) => path.join(out, name));
  const flags = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefix", project];
  await runProgram(npm, ["install", ...flags, ...tarballs, ...further]);
}
