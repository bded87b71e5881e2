import { existsSync, readFileSync, realpathSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { UPSTREAM_PACKAGES, type UpstreamPackage } from "../../../ts/register/upstream-package.js";

/**
 * The HyperFrames packages that a render of the project could run: those that Node finds from the folders and from those
 * above them, those that Node finds from within these packages, and that of the command `hyperframes` on the PATH
 * where there is none nearer. Their folders are without symlinks: the path that their modules have when Node loads them.
 */
export function installedPackages(
  folders: readonly string[],
  path = process.env.PATH ?? "",
): UpstreamPackage[] {
  const found = new Map<string, UpstreamPackage>();
  for (const folder of folders) visit(resolve(folder), found);
  if (!Array.from(found.values()).some(({ name }) => name === "hyperframes")) {
    const global = commandPackage(path);
    if (global !== undefined) add(global, found);
  }
  return Array.from(found.values());
}

/** Looks into the `node_modules` of a folder and of all above it. */
function visit(folder: string, found: Map<string, UpstreamPackage>): void {
  const real = existsSync(folder) ? realpathSync(folder) : folder;
  for (const start of new Set([folder, real])) {
    for (const above of foldersUp(start)) {
      for (const name of UPSTREAM_PACKAGES) add(join(above, "node_modules", name), found);
    }
  }
}

function add(directory: string, found: Map<string, UpstreamPackage>): void {
  const manifest = readManifest(directory);
  if (manifest === undefined) return;
  const real = realpathSync(directory);
  if (found.has(real)) return;
  found.set(real, { ...manifest, directory: real });
  visit(real, found);
}

/** The folder of the package that the command `hyperframes` is a file of. */
function commandPackage(path: string): string | undefined {
  const command = path
    .split(delimiter)
    .map((folder) => join(folder, "hyperframes"))
    .find((file) => existsSync(file));
  if (command === undefined) return undefined;
  // On Windows npm puts a script there instead of a link, beside the folder of its packages.
  const beside = join(dirname(command), "node_modules", "hyperframes");
  if (readManifest(beside)?.name === "hyperframes") return beside;
  for (const folder of foldersUp(dirname(realpathSync(command)))) {
    const manifest = readManifest(folder);
    if (manifest !== undefined) return manifest.name === "hyperframes" ? folder : undefined;
  }
  return undefined;
}

/** A folder and all above it. */
export function* foldersUp(start: string): Generator<string> {
  for (let folder = start; ; folder = dirname(folder)) {
    yield folder;
    if (folder === dirname(folder)) return;
  }
}

function readManifest(directory: string): { name: string; version: string } | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
    return typeof name === "string" ? { name, version: String(version ?? "unknown") } : undefined;
  } catch {
    return undefined; // no package here
  }
}
