// Asks the registry for advisories on the npm packages that users get: those installed beside ours, and those that are a part of it.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { baseEnvironment } from "../setup/environment.mjs";
import { exitWith } from "../setup/failure.mjs";
import { inRoot } from "../setup/paths.mjs";
import { runQuietly, runVisibly } from "../setup/run-command.mjs";
import { vendor } from "./vendor.mjs";

await exitWith(async () => {
  const { dependencies } = JSON.parse(readFileSync(inRoot("package.json"), "utf8"));
  const vendored = (await vendor({ write: false })).map((folder) => {
    const { name, version } = JSON.parse(readFileSync(inRoot(folder, "package.json"), "utf8"));
    return [name, version];
  });
  // A project of its own, which depends on nothing else: in ours the second kind counts as of development.
  const folder = inRoot(".cache", "audit");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const manifest = { private: true, dependencies: { ...dependencies, ...Object.fromEntries(vendored) } };
  writeFileSync(path.join(folder, "package.json"), JSON.stringify(manifest));
  const env = baseEnvironment();
  await runQuietly("npm", ["install", "--prefix", folder, "--package-lock-only", "--no-audit"], env);
  return runVisibly("npm", ["audit", "--prefix", folder], env);
});
