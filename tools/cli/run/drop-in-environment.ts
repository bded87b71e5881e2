import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { foldersUp } from "../host/installed-packages.js";

/** What `--import` is given: this package's own file, so that the command need not have the package in its folder. */
export const REGISTER_URL = new URL("../../../ts/register/register.js", import.meta.url).href;

/**
 * An environment in which every Node and Bun process starts with the drop-in, and in which commands of the project are found
 * as `npx` finds them.
 */
export function withDropIn(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return withPreload(env, REGISTER_URL, process.cwd());
}

/** The same with any module, for a command that is started in some folder. */
export function withPreload(env: NodeJS.ProcessEnv, url: string, cwd: string): NodeJS.ProcessEnv {
  const nodeOptions = [env.NODE_OPTIONS?.trim(), `--import=${url}`].filter(Boolean).join(" ");
  // Bun's counterpart of NODE_OPTIONS (https://bun.com/docs/runtime/environment-variables), which it does not read.
  const bunOptions = [env.BUN_OPTIONS?.trim(), `--preload=${url}`].filter(Boolean).join(" ");
  // Windows writes it otherwise, and finds it in any case.
  const isPath = (name: string) =>
    name === "PATH" || (process.platform === "win32" && name.toUpperCase() === "PATH");
  const pathName = Object.keys(env).find(isPath) ?? "PATH";
  const path = [...projectPrograms(cwd), env[pathName]].filter(Boolean).join(delimiter);
  return { ...env, NODE_OPTIONS: nodeOptions, BUN_OPTIONS: bunOptions, [pathName]: path };
}

/** Folders of installed commands: of the project, and of those above it, where a workspace has them. */
export function projectPrograms(start: string): readonly string[] {
  const programs = Array.from(foldersUp(start), (folder) => join(folder, "node_modules", ".bin"));
  return programs.filter((folder) => existsSync(folder));
}
