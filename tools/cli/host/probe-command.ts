import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endTree } from "../../bench/process-tree.js";
import { spawn } from "../../vendor/cross-spawn.js";
import { withPreload } from "../run/drop-in-environment.js";
import { PROBE_VARIABLE, type Probed } from "./probe.js";

/** Longest that a command may take to come to HyperFrames: npx takes about a second, on a busy machine several. */
const LONGEST_MS = 30_000;

const PROBE_URL = new URL("probe.js", import.meta.url).href;

/**
 * Starts a command as `run` would, until it comes to HyperFrames, and says which file of it that was; nothing of HyperFrames is run. npx
 * fetches nothing for it. `undefined` where it does not come to it, or `signal` ends it.
 */
export async function probeCommand(
  command: readonly string[],
  cwd: string,
  signal?: AbortSignal,
): Promise<Probed | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "hyperframes-native-probe-"));
  const file = join(folder, "found.json");
  try {
    const env = {
      ...withPreload(process.env, PROBE_URL, cwd),
      [PROBE_VARIABLE]: file,
      // Source: https://docs.npmjs.com/cli/using-npm/config
      npm_config_offline: "true",
      npm_config_logs_max: "0",
      npm_config_update_notifier: "false",
      npm_config_yes: "true",
    };
    signal?.throwIfAborted();
    await start(command, { cwd, env, signal });
    return JSON.parse(readFileSync(file, "utf8")) as Probed;
  } catch {
    return undefined; // nothing was written
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function start(
  [program = "", ...args]: readonly string[],
  { cwd, env, signal }: { cwd: string; env: NodeJS.ProcessEnv; signal: AbortSignal | undefined },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: "ignore" });
    let ended: (() => void) | undefined;
    const end = () => {
      if (child.pid !== undefined) ended ??= endTree(child.pid);
    };
    const timer = setTimeout(end, LONGEST_MS);
    signal?.addEventListener("abort", end);
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      ended?.();
    };
    child.once("error", (error) => {
      settle();
      reject(error);
    });
    child.once("close", () => {
      settle();
      resolve();
    });
  });
}
