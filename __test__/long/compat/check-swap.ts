// Whether a version is swapped, in the words of `hyperframes-native doctor`.
import { execFile } from "node:child_process";
import { realpathSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import type { Report } from "../../../dist/tools/cli/doctor/report.js";
import { mainProgram } from "../../support/paths.ts";
import type { SwapOutcome } from "./results.ts";
import { nameOf, PACKAGE_NAMES, type Target } from "./targets.ts";

const run = promisify(execFile);

/** Asks the command itself, for the project that the version is installed in. */
export async function checkSwap(target: Target, directory: string): Promise<SwapOutcome> {
  const { findings } = await doctor(target, directory);
  const home = realpathSync(path.join(directory, "node_modules", PACKAGE_NAMES[target.kind]));
  const own = findings.filter(({ details }) => (details as { directory?: string })?.directory === home);
  const [verdict] = own.filter(({ code }) => code !== "CLIP_LEFT_ALONE");
  if (verdict === undefined) throw new Error(`doctor says nothing of ${nameOf(target)}`);
  const swapped = verdict.code === "PACKAGE_SWAPPED";
  return {
    swapped,
    clip: swapped && !own.some(({ code }) => code === "CLIP_LEFT_ALONE"),
    reason: swapped ? null : reasonIn(verdict.found),
  };
}

async function doctor(target: Target, directory: string): Promise<Report> {
  const name = PACKAGE_NAMES[target.kind];
  // Doctor looks at what a command loads: the CLI's own is its default, for the others it is told one.
  const loads = ["--", process.execPath, "--input-type=module", "-e", `await import("${name}")`];
  const rendering = name === "hyperframes" ? [] : loads;
  // Its exit status says the same as the report, which is on stdout either way.
  const { stdout } = await run(process.execPath, [mainProgram, "doctor", directory, "--json", ...rendering], {
    cwd: directory,
  }).catch((error: { readonly stdout: string }) => error);
  return JSON.parse(stdout);
}

/** Without the paths of this machine. */
function reasonIn(found: string): string {
  const [, reason] = /(?:would be left alone: [^:]+: )([^;]*?)(?:;|\.$)/.exec(found) ?? [];
  return reason ?? found.replace(/ \([^)]*\)/, "");
}
