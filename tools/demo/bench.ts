// `npm run demo:bench [-- --pairs N ...]`: `hyperframes-native bench` on the demo's composition.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { root } from "../../__test__/support/paths.ts";
import { outDir, prepareProject } from "./project.ts";

const projectDir = await prepareProject();
const main = path.join(root, "dist", "tools", "cli", "main.js");
const args = ["bench", projectDir, "--output", path.join(outDir, "bench"), ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, [main, ...args], { stdio: "inherit" }).status ?? 1;
