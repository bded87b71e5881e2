import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { HOST_PACKAGES, hostPackageOf } from "./host-package.js";

/** Where a folder may have upstream's packages: in a checkout of upstream, or installed, as a link to one perhaps. */
const PLACES = [
  ...["engine", "producer", "cli"].map((name) => join("packages", name)),
  ...Array.from(HOST_PACKAGES, (name) => join("node_modules", name)),
];

/** The real folders of upstream's packages that stand in one of these folders or in one above; their manifests say that they are upstream's. */
export function hostFolders(starts: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  for (let folder of starts) {
    while (!seen.has(folder)) {
      seen.add(folder);
      for (const place of PLACES) {
        const real = hostFolder(join(folder, place));
        if (real !== undefined) found.add(real);
      }
      folder = dirname(folder);
    }
  }
  return found;
}

function hostFolder(folder: string): string | undefined {
  const manifest = join(folder, "package.json");
  if (!existsSync(manifest)) return undefined;
  const real = realpathSync(folder);
  return hostPackageOf(pathToFileURL(join(real, "index.js")).href) === null ? undefined : real;
}
