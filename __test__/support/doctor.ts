import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../../dist/tools/cli/doctor/findings.js";
import type { Report } from "../../dist/tools/cli/doctor/report.js";
import { CAPTURE_SAMPLE } from "./capture-sample.ts";
import { UPSTREAM } from "./host.ts";
import { type Ended, startNode } from "./node-process.ts";
import { mainProgram } from "./paths.ts";

export interface DoctorSetUp {
  readonly project: string;
  /** Variables to set; `undefined` unsets one. */
  readonly env?: Record<string, string | undefined>;
  readonly args?: readonly string[];
  readonly nodeArgs?: readonly string[];
  readonly program?: string;
}

/** Starts the command in the project's folder, with nothing of this repository on the PATH. */
export function startDoctor({ project, env, args = [], nodeArgs = [], program = mainProgram }: DoctorSetUp) {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:HYPERFRAMES_|NODE_|PRODUCER_)/.test(name),
  );
  return startNode([...nodeArgs, program, "doctor", ...args], {
    cwd: project,
    env: { ...Object.fromEntries(inherited), PATH: "/usr/bin:/bin", ...env },
    deadline: 60_000,
  });
}

/** What `doctor --json` gave. */
export interface JsonRun extends Ended {
  readonly report: Report;
  /** The findings of a code. */
  of(code: string): Finding[];
  /** The first of them; there has to be one. */
  one(code: string): Finding;
}

/** Runs `doctor --json`. */
export async function runDoctor(setUp: DoctorSetUp): Promise<JsonRun> {
  const run = await startDoctor({ ...setUp, args: ["--json", ...(setUp.args ?? [])] }).ended;
  const report = JSON.parse(run.stdout) as Report;
  const of = (code: string) => report.findings.filter((finding) => finding.code === code);
  const one = (code: string) => {
    const [found] = of(code);
    assert.ok(found, `${code} is not among ${report.findings.map((finding) => finding.code).join(", ")}`);
    return found;
  };
  return { ...run, report, of, one };
}

/** A finding's details, in the form that its check gives them. */
export function detailsOf<T>({ details }: Finding): T {
  assert.ok(details);
  return details as T;
}

/** Puts a HyperFrames package into `folder/node_modules`: two functions of the page, the given text, a screenshot. */
export function writeHost(
  folder: string,
  name: string,
  definition = UPSTREAM,
  screenshot = CAPTURE_SAMPLE,
): string {
  const home = join(folder, "node_modules", name);
  mkdirSync(join(home, "dist"), { recursive: true });
  writeFileSync(join(home, "package.json"), JSON.stringify({ name, version: "9.9.9", type: "module" }));
  writeFileSync(join(home, "dist/bundle.js"), `${definition}\n${screenshot}\n`);
  return home;
}
