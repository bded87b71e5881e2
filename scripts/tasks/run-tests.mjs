// Everything that says whether the repository is in order, cheapest first, stopping at the first failure.
import { existsSync } from "node:fs";
import { inRoot } from "../setup/paths.mjs";
import { commandLine, runVisibly } from "../setup/run-command.mjs";

const CHECKS = [
  ["cargo", "fmt", "--check"],
  ["cargo", "fmt", "--check", "--manifest-path", "fuzz/Cargo.toml"],
  ["cargo", "clippy", "--all-targets", "--", "-D", "warnings"],
  ["cargo", "clippy", "--all-targets", "--no-default-features", "--", "-D", "warnings"],
  ["cargo", "test", "--no-default-features"],
  // Every order in which threads can run: docs/unsafe.md.
  ["cargo", "test", "--no-default-features", "--features", "model", "--lib", "model::"],
  // The build writes these two; what is committed has to be what the sources give.
  ["git", "diff", "--exit-code", "--", "index.js", "index.d.ts"],
  ["npm", "run", "--silent", "typecheck"],
  ["npm", "run", "--silent", "lint"],
  ["node", "scripts/tasks/check-dependencies.mjs"],
  ["node", "scripts/tasks/check-workflows.mjs"],
  ["npm", "run", "--silent", "fuzz"],
];

export const NODE_TESTS = [
  "node",
  "--disable-warning=ExperimentalWarning",
  "--test",
  // Renders keep both cores of a small machine busy; side by side they would only run into each other's time-outs.
  "--test-concurrency=1",
  "--test-reporter=spec",
];

/** @param {string[]} args files to run instead of all Node tests (the checks are left out then) */
export async function runTests(env, args) {
  const selected = args.length > 0;
  const checks = selected
    ? []
    : CHECKS.filter(([program]) => program !== "git" || existsSync(inRoot(".git")));
  for (const [command, ...rest] of checks) {
    console.log(`\n> ${commandLine(command, rest)}`);
    const code = await runVisibly(command, rest, env);
    if (code !== 0) {
      console.error(`\nfailed: ${commandLine(command, rest)}`);
      return code;
    }
  }
  const [node, ...flags] = NODE_TESTS;
  const tests = [...flags, ...(selected ? args : ["__test__/**/*.test.ts"])];
  console.log(`\n> ${commandLine(node, tests)}`);
  return runVisibly(node, tests, env);
}
