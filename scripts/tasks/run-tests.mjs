// Everything that says whether the repository is in order, cheapest first, stopping at the first failure.
import { existsSync } from "node:fs";
import { faultBuildStep } from "../setup/builds.mjs";
import { inRoot } from "../setup/paths.mjs";
import { commandLine, runVisibly } from "../setup/run-command.mjs";
import { setUp } from "../setup/set-up.mjs";

const CHECKS = [
  ["cargo", "fmt", "--check"],
  ["cargo", "fmt", "--check", "--manifest-path", "tools/fuzz/Cargo.toml"],
  ["cargo", "clippy", "--all-targets", "--", "-D", "warnings"],
  ["cargo", "clippy", "--all-targets", "--no-default-features", "--", "-D", "warnings"],
  ["cargo", "test", "--no-default-features", "--lib"],
  // The table of the SIGBUS guard in every order in which threads can run: docs/unsafe.md.
  ["cargo", "test", "--no-default-features", "--features", "model", "--lib", "model::"],
  // The build writes these two; what is committed has to be what the sources give.
  ["git", "diff", "--exit-code", "--", "index.js", "index.d.ts"],
  ["npm", "run", "--silent", "typecheck"],
  ["npm", "run", "--silent", "lint"],
  ["node", "scripts/tasks/check-crates.mjs"],
  ["node", "scripts/tasks/check-workflows.mjs"],
  ["npm", "run", "--silent", "fuzz"],
];

/** The command for Node tests. Two files at a time by themselves keep two processors busy. */
export function nodeTests(files, filesAtATime = 2) {
  const options = ["--disable-warning=ExperimentalWarning", "--test", "--test-reporter=spec"];
  return ["node", ...options, `--test-concurrency=${filesAtATime}`, ...files];
}

/** Tests by what they need: nothing, a page in Chrome, whole renders. A render waits for a process to start a good part of its time. */
const NODE_RUNS = [
  nodeTests(["__test__/**/!(*.page|*.render).test.ts"]),
  nodeTests(["__test__/**/*.page.test.ts"]),
  nodeTests(["__test__/**/*.render.test.ts"], 3),
];

/** @param {string[]} args files to run instead of all Node tests (the checks are left out then) */
export async function runTests(env, args) {
  await setUp(env, [faultBuildStep]);
  const checks = CHECKS.filter(([program]) => program !== "git" || existsSync(inRoot(".git")));
  const commands = args.length > 0 ? [nodeTests(args)] : [...checks, ...NODE_RUNS];
  for (const [command, ...rest] of commands) {
    console.log(`\n> ${commandLine(command, rest)}`);
    const code = await runVisibly(command, rest, env);
    if (code !== 0) {
      console.error(`\nfailed: ${commandLine(command, rest)}`);
      return code;
    }
  }
  return 0;
}
