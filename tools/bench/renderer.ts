import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
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
  /** Quality of the encoder where the user says nothing of it. */
  readonly quality: string;
  /** Variables that stand for what the package's own program asks for where the user says nothing of the capture. */
  readonly autoEnv: Readonly<Record<string, string>>;
}

/** Finds a package as a file in some folder would; `undefined` where there is none. */
export type FindRenderer = (directory: string) => Renderer | undefined;

/** The producer's own package. */
export const findProducer: FindRenderer = (directory) => {
  const home = findPackage("@hyperframes/producer", directory);
  return home === undefined ? undefined : rendererIn(home);
};

/** The producer in the CLI. */
export const findCli: FindRenderer = (directory) => {
  const home = findPackage("hyperframes", directory);
  return home === undefined ? undefined : rendererIn(home);
};

/** What the package in a folder renders with; `undefined` where it does not render. */
export function rendererIn(home: string): Renderer | undefined {
  const manifest = readManifest(home);
  if (manifest?.name === "@hyperframes/producer") return producerIn(home, manifest);
  if (manifest?.name === "hyperframes") return cliIn(home, manifest);
  return undefined;
}

function producerIn(home: string, manifest: Manifest): Renderer | undefined {
  const main = manifest.exports?.["."]?.import ?? manifest.main;
  if (main === undefined) return undefined;
  return describe(home, manifest, join(home, main), { env: {}, autoEnv: {}, quality: "standard" });
}

/** Its file has a hash in its name; it is the one that re-exports what the producer's package exports. */
function cliIn(home: string, manifest: Manifest): Renderer | undefined {
  const dist = join(home, "dist");
  const entries = readdirSync(dist).filter((name) => {
    if (!/^src-\w+\.js$/.test(name)) return false;
    const source = readFileSync(join(dist, name), "utf8");
    return /^ {2}createRenderJob,$/m.test(source) && /^ {2}executeRenderJob,$/m.test(source);
  });
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) return undefined;
  return describe(home, manifest, join(dist, entry), {
    // As the CLI does when it starts; without it the workers that blend shader transitions are not found.
    env: { HF_SHADER_WORKER_ENTRY: join(dist, "shaderTransitionWorker.js") },
    autoEnv: cliAutoEnv(dist),
    quality: cliQuality(dist),
  });
}

/**
 * The CLI hands its producer the GPU mode `auto` and `forceScreenshot: false`, so that it takes BeginFrame also where the producer
 * by itself would take screenshots. Older ones do not. Source: `renderLocal` of the CLI 0.8.170.
 */
function cliAutoEnv(dist: string): Renderer["autoEnv"] {
  const asks = readdirSync(dist).some(
    (name) =>
      /^render-\w+\.js$/.test(name) &&
      /browserGpuMode === "auto".*\{ forceScreenshot: false \}/.test(readFileSync(join(dist, name), "utf8")),
  );
  return asks ? { PRODUCER_BROWSER_GPU_MODE: "auto", PRODUCER_FORCE_SCREENSHOT: "false" } : {};
}

/** Source: the help of `hyperframes render` 0.8.170; older versions have no `looks`. */
function cliQuality(dist: string): string {
  const names = readdirSync(dist).filter((name) => /^render-\w+\.js$/.test(name));
  const hasLooks = names.some((name) =>
    readFileSync(join(dist, name), "utf8").includes("looks is the default"),
  );
  return hasLooks ? "looks" : "standard";
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly main?: string;
  readonly exports?: { readonly "."?: { readonly import?: string } };
}

/** The folder of a package. */
function findPackage(name: string, directory: string): string | undefined {
  // Not by resolving its manifest: a package need not export that.
  const folders = createRequire(join(directory, "index.js")).resolve.paths(name) ?? [];
  const home = folders.map((folder) => join(folder, name)).find((home) => readManifest(home) !== undefined);
  return home === undefined ? undefined : realpathSync(home);
}

function readManifest(home: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  } catch {
    return undefined; // none here
  }
}

function describe(
  home: string,
  { name = "unknown", version = "unknown" }: Manifest,
  entry: string,
  environments: Pick<Renderer, "env" | "autoEnv" | "quality">,
): Renderer {
  return { name, version, directory: home, entry: pathToFileURL(entry).href, ...environments };
}
