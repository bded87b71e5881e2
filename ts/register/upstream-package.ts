import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** A package whose code may hold upstream's function. */
export interface UpstreamPackage {
  readonly name: string;
  readonly version: string;
  /** Its folder. */
  readonly directory: string;
}

/** The published packages that carry a copy of `createVideoFrameInjector`. */
export const UPSTREAM_PACKAGES: ReadonlySet<string> = new Set([
  "@hyperframes/engine",
  "@hyperframes/producer",
  "hyperframes",
]);

const byDirectory = new Map<string, UpstreamPackage | null>();

/** The HyperFrames package that the module at `url` belongs to, or `null`. Reads each folder's manifest once. */
export function upstreamPackageOf(url: string): UpstreamPackage | null {
  // A cheap look first: this runs for every module that the process loads.
  if (!url.startsWith("file:") || !/\.m?js(?:\?|#|$)/.test(url)) return null;
  try {
    return ofDirectory(dirname(fileURLToPath(url)));
  } catch {
    return null; // no path a manifest could stand beside
  }
}

function ofDirectory(directory: string): UpstreamPackage | null {
  let found = byDirectory.get(directory);
  if (found !== undefined) return found;
  const parent = dirname(directory);
  found = readManifest(directory) ?? (parent === directory ? null : ofDirectory(parent));
  byDirectory.set(directory, found);
  return found;
}

/** `undefined`: no manifest with a name here, look further up. `null`: some other package. */
function readManifest(directory: string): UpstreamPackage | null | undefined {
  try {
    const { name, version = "unknown" } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
    // Nested manifests that only say `"type": "module"` have no name and are no package.
    if (typeof name !== "string") return undefined;
    return UPSTREAM_PACKAGES.has(name) ? { name, version, directory } : null;
  } catch {
    return undefined;
  }
}

/** Where a folder may have upstream's packages: in a checkout of upstream, or installed, as a link to one perhaps. */
const PLACES = [
  ...["engine", "producer", "cli"].map((name) => join("packages", name)),
  ...Array.from(UPSTREAM_PACKAGES, (name) => join("node_modules", name)),
];

/** The real folders of upstream's packages that stand in one of these folders or in one above. */
export function upstreamFolders(starts: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  for (let folder of starts) {
    for (; !seen.has(folder); folder = dirname(folder)) {
      seen.add(folder);
      for (const place of PLACES) {
        if (!existsSync(join(folder, place, "package.json"))) continue;
        const real = realpathSync(join(folder, place));
        if (upstreamPackageOf(pathToFileURL(join(real, "index.js")).href) !== null) found.add(real);
      }
    }
  }
  return found;
}
