/** npm, as a test starts it. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs npm in a folder; its program is plain JavaScript, which Windows can start without a shell. */
export async function npm(cwd: string, ...args: string[]): Promise<string> {
  const beside = path.join(path.dirname(process.execPath), "node_modules", "npm", "bin", "npm-cli.js");
  const program = process.env.npm_execpath ?? (existsSync(beside) ? beside : undefined);
  const [command, first] = program === undefined ? ["npm", []] : [process.execPath, [program]];
  const { stdout } = await run(command, [...first, ...args], { cwd, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** `npm install` of packages, without a word and without scripts. */
export async function install(cwd: string, ...packages: string[]): Promise<void> {
  await npm(cwd, "install", "--no-audit", "--no-fund", "--ignore-scripts", ...packages);
}
