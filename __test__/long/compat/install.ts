// Each version in a folder of its own, as a user's project has it.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runProgram } from "../../../dist/tools/bench/ffmpeg.js";
import { root } from "../../support/paths.ts";
import {
  compareVersions,
  npm,
  PACKAGE_NAMES,
  publishedVersions,
  selectTargets,
  type Target,
} from "./targets.ts";

/** Versions of sibling packages that the registry does not have, and what was installed instead. */
export type Substitutes = Readonly<Record<string, string>>;

export interface Installation {
  /** The project's folder. */
  readonly directory: string;
  readonly substitutes: Substitutes;
}

/** Written last: a folder with it is complete. */
const MARK = "installed.json";

const FLAGS = ["--save-exact", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"];

/** npm's words for a dependency in a version that the registry does not have. */
const NOT_THERE = /No matching version found for (@hyperframes\/[\w-]+)@\^?([\d.]+\d)/;

function directoryOf({ kind, version }: Target): string {
  return path.join(root, ".cache", "compat", `${kind}-${version}`);
}

/** Installs a version, or finds it installed. Its scripts are not run: they download browsers and models. */
export async function install(target: Target): Promise<Installation> {
  const directory = directoryOf(target);
  const mark = path.join(directory, MARK);
  if (existsSync(mark)) return { directory, substitutes: JSON.parse(readFileSync(mark, "utf8")) };
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const substitutes = await installWithSubstitutes(target, directory);
  writeFileSync(mark, JSON.stringify(substitutes));
  return { directory, substitutes };
}

/** The version that a word names, `producer@0.8.64`, installed. */
export async function installNamed(word: string): Promise<Installation & { readonly target: Target }> {
  const [target] = await selectTargets([word]);
  if (target === undefined) throw new Error(`no such version: ${word}`);
  return { target, ...(await install(target)) };
}

export function discard(target: Target): void {
  rmSync(directoryOf(target), { recursive: true, force: true });
}

async function installWithSubstitutes({ kind, version }: Target, directory: string): Promise<Substitutes> {
  const overrides: Record<string, string> = {};
  for (;;) {
    const manifest = { name: "project", private: true, overrides };
    writeFileSync(path.join(directory, "package.json"), JSON.stringify(manifest));
    try {
      await runProgram(npm, [
        "install",
        ...FLAGS,
        "--prefix",
        directory,
        `${PACKAGE_NAMES[kind]}@${version}`,
      ]);
      return overrides;
    } catch (error) {
      const [, name, wanted] = NOT_THERE.exec(String(error)) ?? [];
      if (name === undefined || wanted === undefined || Object.hasOwn(overrides, name)) throw error;
      const older = (await publishedVersions(name)).filter((one) => compareVersions(one, wanted) <= 0);
      const [nearest] = older.slice(-1);
      if (nearest === undefined) throw error;
      overrides[name] = nearest;
    }
  }
}
