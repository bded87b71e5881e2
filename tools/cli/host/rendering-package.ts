import { realpathSync } from "node:fs";
import { delimiter, join, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { type UpstreamPackage, upstreamPackageOf } from "../../../ts/register/upstream-package.js";
import { projectPrograms } from "../run/drop-in-environment.js";
import { findCommand } from "../run/find-command.js";
import { foldersUp, installedPackages } from "./installed-packages.js";
import { probeCommand } from "./probe-command.js";
import { renderScript } from "./project.js";
import type { Runtime } from "./runtime.js";

/** What a render of a project would load. */
export type Rendering =
  /** The command comes to this package. */
  | ({
      readonly kind: "loaded";
      readonly package: UpstreamPackage;
      /** Where that is installed, in words. */
      readonly from: string;
      /** What runs it. */
      readonly runtime: Runtime;
      /** What it is asked for. */
      readonly args: readonly string[];
    } & Asked)
  /** The command does not come to HyperFrames, most often because npx would have to fetch it first. */
  | ({ readonly kind: "not-loaded" } & Asked)
  /** No command says how it is rendered: these packages could be loaded by code of the project's own. Often none at all. */
  | { readonly kind: "installed"; readonly packages: readonly UpstreamPackage[] };

interface Asked {
  readonly command: readonly string[];
  /** Where the command comes from: what the user gave, a script of the project, or the default. */
  readonly asked: "given" | "script" | "default";
  /** Name of the script. */
  readonly script: string | null;
}

/**
 * Which HyperFrames a render of the project would load: of the command that is given, else of the project's own script that renders,
 * else of `hyperframes render` where the project has that, else what is installed in the project; where nothing is, of `hyperframes render` as
 * `run` finds it here. `signal` ends what is started for it.
 */
export async function renderingPackage(
  project: string,
  given: readonly string[] = [],
  signal?: AbortSignal,
): Promise<Rendering> {
  const folder = resolve(project);
  const ask = (asked: Asked, cwd: string) => probe(asked, cwd, folder, signal);
  if (given.length > 0) return ask({ command: given, asked: "given", script: null }, process.cwd());
  const script = renderScript(folder);
  if (script !== undefined) return ask({ ...script, asked: "script" }, folder);
  const isInstalled = projectPrograms(folder).some(hasHyperframes);
  if (isInstalled) {
    const found = await ask(DEFAULT, folder);
    if (found.kind === "loaded") return found;
  }
  // Code of the project's own goes before a command that is not the project's.
  if (installedPackages([folder], "").length === 0) {
    const path = [...projectPrograms(process.cwd()), ...(process.env.PATH ?? "").split(delimiter)];
    const found = path.some(hasHyperframes) ? await ask(DEFAULT, process.cwd()) : undefined;
    if (found?.kind === "loaded") return found;
  }
  return { kind: "installed", packages: installedPackages([folder, process.cwd()]) };
}

const DEFAULT: Asked = { command: ["hyperframes", "render"], asked: "default", script: null };

function hasHyperframes(folder: string): boolean {
  const name = process.platform === "win32" ? "hyperframes.cmd" : "hyperframes";
  return findCommand(join(folder, name), "") === undefined;
}

async function probe(
  asked: Asked,
  cwd: string,
  project: string,
  signal: AbortSignal | undefined,
): Promise<Rendering> {
  const probed = await probeCommand(asked.command, cwd, signal);
  const found = probed && upstreamPackageOf(pathToFileURL(probed.file).href);
  if (probed === undefined || found == null) return { kind: "not-loaded", ...asked };
  const { runtime, args } = probed;
  return { kind: "loaded", ...asked, package: found, from: whereFrom(found, project, cwd), runtime, args };
}

/** Where a package is installed, in words. */
export function whereFrom({ name, directory }: UpstreamPackage, project: string, cwd: string): string {
  if (directory.includes(`${sep}_npx${sep}`)) return "npx's cache";
  for (const folder of new Set([project, cwd])) {
    for (const above of foldersUp(folder)) {
      if (realPath(join(above, "node_modules", name)) !== directory) continue;
      const where = above === project ? "this project" : above;
      // pnpm links into a store of its own below the project.
      const isLink = !directory.startsWith(`${realPath(above)}${sep}`);
      return isLink ? `${directory}, linked into ${where}` : where;
    }
  }
  return `${directory}, installed for all folders`;
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined; // it is not there
  }
}
