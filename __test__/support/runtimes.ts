// Other runtimes than the Node that runs the tests, each fetched from npm once, into .cache/runtimes.
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { runProgram } from "../../dist/tools/bench/ffmpeg.js";
import { install } from "./npm.ts";
import { root } from "./paths.ts";

export type RuntimeName = "node" | "bun";

/** A runtime, by the version that is asked for. */
export interface Runtime {
  readonly name: RuntimeName;
  readonly version: string;
  /** Path of its program. */
  readonly program: string;
}

/** The package that has the program for this machine; `undefined` where none is known. */
const PACKAGES: Record<RuntimeName, string | undefined> =
  process.platform === "linux" && ["x64", "arm64"].includes(process.arch)
    ? {
        node: `node-linux-${process.arch}`,
        bun: `@oven/bun-linux-${process.arch === "arm64" ? "aarch64" : process.arch}`,
      }
    : { node: undefined, bun: undefined };

/** Whether {@link installRuntime} knows what to fetch on this machine. */
export function hasRuntime(name: RuntimeName): boolean {
  return PACKAGES[name] !== undefined;
}

/** Fetches a runtime, or finds it as fetched before. */
export async function installRuntime(name: RuntimeName, version: string): Promise<Runtime> {
  const packageName = PACKAGES[name];
  if (packageName === undefined) throw new Error(`No package with ${name} is known for this machine`);
  const home = path.join(root, ".cache", "runtimes", `${name}-${version}`);
  const program = path.join(home, "node_modules", packageName, "bin", name);
  if (!existsSync(program)) {
    // Renamed when complete: a download that was cut short leaves files too.
    const partial = `${home}.${process.pid}.partial`;
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    const flags = ["--prefix", partial, "--no-save", "--no-package-lock"];
    await install(partial, ...flags, `${packageName}@${version}`);
    rmSync(home, { recursive: true, force: true });
    renameSync(partial, home);
  }
  const found = (await runProgram(program, ["--version"])).trim().replace(/^v/, "");
  if (found !== version) throw new Error(`${program} is version ${found}, not ${version}`);
  return { name, version, program };
}
