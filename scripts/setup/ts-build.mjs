import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { newestChange } from "./newest-change.mjs";
import { inRoot } from "./paths.mjs";
import { runQuietly } from "./run-command.mjs";

/** Every TypeScript source under a folder, as paths relative to it. */
function sourcesIn(dir, below = "") {
  return readdirSync(path.join(dir, below), { withFileTypes: true }).flatMap((entry) => {
    const relative = path.join(below, entry.name);
    if (entry.isDirectory()) return sourcesIn(dir, relative);
    return entry.name.endsWith(".ts") && !entry.name.endsWith(".d.ts") ? [relative] : [];
  });
}

/** What scripts/tasks/tsconfig.build.json compiles. */
const SHIPPED = ["ts", "tools/cli", "tools/bench", "tools/vendor"];

export const tsBuildStep = {
  title: "TypeScript build",
  isDone() {
    const configs = ["tsconfig.json", "scripts/tasks/tsconfig.build.json"];
    const changed = newestChange([...SHIPPED, "index.d.ts", ...configs].map((name) => inRoot(name)));
    return SHIPPED.flatMap((folder) => sourcesIn(inRoot(), folder)).every((source) => {
      const output = statSync(inRoot("dist", source.replace(/\.ts$/, ".js")), { throwIfNoEntry: false });
      return output !== undefined && output.mtimeMs >= changed;
    });
  },
  async run(env) {
    await runQuietly("npm", ["run", "--silent", "build:ts"], env);
  },
};
