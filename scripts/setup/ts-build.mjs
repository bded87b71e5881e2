import { statSync } from "node:fs";
import { newestChange } from "./newest-change.mjs";
import { inRoot } from "./paths.mjs";
import { runQuietly } from "./run-command.mjs";

/** What is built: what scripts/tasks/tsconfig.build.json compiles, and how. */
const SOURCES = [
  ...["ts", "tools/cli", "tools/bench", "tools/vendor", "index.d.ts", "tsconfig.json"],
  ...["scripts/tasks/tsconfig.build.json", "scripts/tasks/vendor.mjs"],
];

/** The last file that the build writes: scripts/tasks/vendor.mjs. */
const LAST = "dist/tools/vendor/uPlot.min.css";

export const tsBuildStep = {
  title: "TypeScript build",
  isDone() {
    const built = statSync(inRoot(LAST), { throwIfNoEntry: false });
    return built !== undefined && built.mtimeMs >= newestChange(SOURCES.map((name) => inRoot(name)));
  },
  run: (env) => runQuietly("npm", ["run", "--silent", "build:ts"], env),
};
