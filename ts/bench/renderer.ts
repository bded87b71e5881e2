import { readdirSync, readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

/** A HyperFrames package that can render in this process. */
export interface Renderer {
  readonly name: string;
  readonly version: string;
  /** Its folder. */
  readonly directory: string;
  /** URL of the module that exports `createRenderJob` and `executeRenderJob`. */
  readonly entry: string;
  /** Variables that the package's own program sets before it renders. */
  readonly env: Readonly<Record<string, string>>;
}

/** Finds a package as a file in some folder would; `undefined` where there is none. */
export type FindRenderer = (directory: string) => Renderer | undefined;

/** The producer's own package. */
export const findProducer: FindRenderer = (directory) => {
  const found = findPackage("@hyperframes/producer", directory);
  if (found === undefined) return undefined;
  const { home, manifest } = found;
  const main = manifest.exports?.["."]?.import ?? manifest.main;
  if (main === undefined) return undefined;
  return describe(found, join(home, main), {});
};

/** The producer in the CLI. Its file has a hash in its name; it is the one that re-exports what the producer's package exports. */
export const findCli: FindRenderer = (directory) => {
  const found = findPackage("hyperframes", directory);
  if (found === undefined) return undefined;
  const dist = join(found.home, "dist");
  const entries = readdirSync(dist).filter((name) => {
    if (!/^src-\w+\.js$/.test(name)) return false;
    const source = readFileSync(join(dist, name), "utf8");
    return /^ {2}createRenderJob,$/m.test(source) && /^ {2}executeRenderJob,$/m.test(source);
  });
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) return undefined;
  return describe(found, join(dist, entry), {
    // As the CLI does when it starts; without it the workers that blend shader transitions are not found.
    HF_SHADER_WORKER_ENTRY: join(dist, "shaderTransitionWorker.js"),
  });
};

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly main?: string;
  readonly exports?: { readonly "."?: { readonly import?: string } };
}

/** Folder and manifest of a package. */
interface FoundPackage {
  readonly home: string;
  readonly manifest: Manifest;
}

function findPackage(name: string, directory: string): FoundPackage | undefined {
  let file: string | undefined;
  try {
    file = findPackageJSON(name, pathToFileURL(join(directory, "index.js")));
  } catch {
    return undefined; // not installed
  }
  if (file === undefined) return undefined;
  return { home: dirname(file), manifest: JSON.parse(readFileSync(file, "utf8")) };
}

function describe({ home, manifest }: FoundPackage, entry: string, env: Renderer["env"]): Renderer {
  const { name = "unknown", version = "unknown" } = manifest;
  return { name, version, directory: home, entry: pathToFileURL(entry).href, env };
}
