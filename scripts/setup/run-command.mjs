// Child processes of the set-up and of the tasks.
import { spawn } from "node:child_process";
import path from "node:path";
import { Failure } from "./failure.mjs";
import { root } from "./paths.mjs";

/**
 * How to start a command. npm is a script on Windows, which Node starts through a shell only; its program is plain JavaScript.
 * Source: Node's documentation of `child_process`, "Spawning .bat and .cmd files on Windows".
 */
function startable(command, args, env) {
  if (command !== "npm" || process.platform !== "win32") return [command, args];
  const program =
    env.npm_execpath ?? path.join(path.dirname(process.execPath), "node_modules", "npm", "bin", "npm-cli.js");
  return [process.execPath, [program, ...args]];
}

/** Shows a command the way a reader would type it. */
export function commandLine(command, args) {
  return [command, ...args].map((part) => (/^[\w@%+=:,./-]+$/.test(part) ? part : `'${part}'`)).join(" ");
}

/** Starts a command; resolves when it has ended, with what it said where its output is a pipe. */
function run(command, args, env, output) {
  return new Promise((resolve, reject) => {
    const stdio = ["ignore", output, output];
    const child = spawn(...startable(command, args, env), { cwd: root, env, stdio });
    const said = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => said.push(chunk));
    child.on("error", (error) => reject(new Failure(`${command} could not be started: ${error.message}`)));
    child.on("close", (code, signal) => resolve({ code: code ?? 1, signal, said: Buffer.concat(said) }));
  });
}

/** Runs a command with the output passed through; resolves with the exit code. */
export async function runVisibly(command, args, env) {
  const { code, signal } = await run(command, args, env, "inherit");
  if (signal !== null) console.error(`${command} was ended by ${signal}`);
  return code;
}

/** Runs a command quietly; on failure everything it printed is shown, since then it is what the reader needs. */
export async function runQuietly(command, args, env) {
  const { code, signal, said } = await run(command, args, env, "pipe");
  if (code === 0) return;
  process.stderr.write(said);
  throw new Failure(`${commandLine(command, args)} failed (${signal ?? `exit code ${code}`})`, code);
}
