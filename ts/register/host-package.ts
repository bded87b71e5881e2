import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** A package whose code may hold the function. */
export interface HostPackage {
  readonly name: string;
  readonly version: string;
}

/** The published packages that carry a copy of `createVideoFrameInjector`. */
export const HOST_PACKAGES: ReadonlySet<string> = new Set([
  "@hyperframes/engine",
  "@hyperframes/producer",
  "hyperframes",
]);

const byDirectory = new Map<string, HostPackage | null>();

/** The HyperFrames package that the module at `url` belongs to, or `null`. Reads each folder's manifest once. */
export function hostPackageOf(url: string): HostPackage | null {
  // A cheap look first: this runs for every module that the process loads.
  if (!url.startsWith("file:") || !/\.m?js(?:\?|#|$)/.test(url)) return null;
  try {
    return ofDirectory(dirname(fileURLToPath(url)));
  } catch {
    return null; // no path a manifest could stand beside
  }
}

function ofDirectory(directory: string): HostPackage | null {
  const known = byDirectory.get(directory);
  if (known !== undefined) return known;
  const found = readManifest(directory) ?? parentOf(directory);
  byDirectory.set(directory, found);
  return found;
}

function parentOf(directory: string): HostPackage | null {
  const parent = dirname(directory);
  return parent === directory ? null : ofDirectory(parent);
}

/** `undefined`: no manifest with a name here, look further up. `null`: some other package. */
function readManifest(directory: string): HostPackage | null | undefined {
  let manifest: Partial<HostPackage>;
  try {
    manifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  } catch {
    return undefined;
  }
  // Nested manifests that only say `"type": "module"` have no name and are no package.
  if (typeof manifest.name !== "string") return undefined;
  return HOST_PACKAGES.has(manifest.name)
    ? { name: manifest.name, version: manifest.version ?? "unknown" }
    : null;
}

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
