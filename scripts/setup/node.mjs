// HyperFrames needs Node 22, and TypeScript files run without a flag from 22.18 on.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { prependToPath } from "./environment.mjs";
import { Failure } from "./failure.mjs";
import { findProgram } from "./find-program.mjs";
import { cacheDir } from "./paths.mjs";
import { runQuietly } from "./run-command.mjs";

const NEEDED = [22, 18];
const PINNED = "22.23.3";

function isNewEnough(version) {
  const [major, minor] = version.replace(/^v/, "").split(".").map(Number);
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
}

function versionOf(program) {
  try {
    return execFileSync(program, ["--version"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return null;
  }
}

const packageName = `node-linux-${process.arch}`;
const prefix = path.join(cacheDir, "node");
const downloadedBin = path.join(prefix, "node_modules", packageName, "bin");

export const nodeStep = {
  title: `Node ${PINNED} into .cache/node`,
  isDone(env) {
    const onPath = findProgram(["node"], env);
    if (onPath !== null && isNewEnough(versionOf(onPath) ?? "0.0")) return true;
    const downloaded = path.join(downloadedBin, "node");
    // The version is asked for rather than the file: a download that was cut short leaves a file too.
    if (existsSync(downloaded) && versionOf(downloaded) === `v${PINNED}`) {
      prependToPath(env, downloadedBin);
      return true;
    }
    return false;
  },
  async run(env) {
    if (process.platform !== "linux" || !["x64", "arm64"].includes(process.arch)) {
      throw new Failure(
        `Node >= ${NEEDED.join(".")} is needed (this is ${process.version}). Install it from https://nodejs.org`,
      );
    }
    mkdirSync(prefix, { recursive: true });
    const flags = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"];
    await runQuietly("npm", ["install", "--prefix", prefix, ...flags, `${packageName}@${PINNED}`], env);
    if (!this.isDone(env)) throw new Failure(`The Node that npm put into ${downloadedBin} does not run here`);
  },
};
