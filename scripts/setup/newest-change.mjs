import { readdirSync, statSync } from "node:fs";
import path from "node:path";

/** The time of the latest change under these files and folders; absent ones count as never changed. */
export function newestChange(paths) {
  let newest = 0;
  for (const each of paths) {
    const stat = statSync(each, { throwIfNoEntry: false });
    if (stat === undefined) continue;
    newest = Math.max(newest, stat.mtimeMs);
    if (stat.isDirectory())
      newest = Math.max(newest, newestChange(readdirSync(each).map((name) => path.join(each, name))));
  }
  return newest;
}
