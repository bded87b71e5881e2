import { existsSync, readFileSync } from "node:fs";
import { inRoot } from "./paths.mjs";
import { runQuietly } from "./run-command.mjs";

function packagesOf(lockFile) {
  return JSON.parse(readFileSync(lockFile, "utf8")).packages ?? {};
}

export const npmPackagesStep = {
  title: "npm packages (npm ci)",
  /**
   * npm records what it installed in node_modules/.package-lock.json. The versions are compared, not the files' times:
   * a checkout touches package-lock.json without changing it.
   */
  isDone() {
    const record = inRoot("node_modules", ".package-lock.json");
    if (!existsSync(record)) return false;
    const installed = packagesOf(record);
    return Object.entries(packagesOf(inRoot("package-lock.json"))).every(([place, wanted]) => {
      if (place === "" || wanted.link === true) return true;
      const found = installed[place];
      // Packages for other platforms are in the lock file and never installed here.
      if (found === undefined)
        return wanted.optional === true || wanted.devOptional === true || wanted.peer === true;
      return found.version === wanted.version;
    });
  },
  async run(env) {
    await runQuietly("npm", ["ci", "--no-audit", "--no-fund"], env);
  },
};
