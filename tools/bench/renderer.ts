import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
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
  /** Quality of the encoder where the user says nothing of it, by the name that the user would type. */
  readonly quality: string;
  /** What the package's own program makes of such names for its producer; a name that is not here stands for itself. */
  readonly qualities: Readonly<Record<string, EncoderQuality>>;
  /** Variables that stand for what the package's own program asks for where the user says nothing of the capture. */
  readonly autoEnv: Readonly<Record<string, string>>;
}

/** Quality as a producer takes it. */
export interface EncoderQuality {
  readonly quality: string;
  /** x264's; `null`: that of the quality. */
  readonly crf: number | null;
}

/** The packages that render, the one that most render with first. */
export const RENDERERS = { cli: "hyperframes", producer: "@hyperframes/producer" } as const;

/** What the package of this name renders with that a file in some folder would find; `undefined` where there is none. */
export function installedRenderer(name: string, directory: string): Renderer | undefined {
  const home = findPackage(name, directory);
  return home === undefined ? undefined : rendererIn(home);
}

/** What the package in a folder renders with; `undefined` where it does not render. */
export function rendererIn(home: string): Renderer | undefined {
  const manifest = readManifest(home);
  if (manifest?.name === RENDERERS.producer) return producerIn(home, manifest);
  if (manifest?.name === RENDERERS.cli) return cliIn(home, manifest);
  return undefined;
}

function producerIn(home: string, manifest: Manifest): Renderer | undefined {
  const main = manifest.exports?.["."]?.import ?? manifest.main;
  if (main === undefined) return undefined;
  const defaults = { env: {}, autoEnv: {}, quality: "standard", qualities: {} };
  return describe(home, manifest, join(home, main), defaults);
}

/** Its file has a hash in its name; it is the one that re-exports what the producer's package exports. */
function cliIn(home: string, manifest: Manifest): Renderer | undefined {
  const dist = join(home, "dist");
  if (!existsSync(dist)) return undefined; // a checkout that was not built
  const entries = Array.from(modulesOf(dist, "src")).filter(
    ({ source }) => /^ {2}createRenderJob,$/m.test(source) && /^ {2}executeRenderJob,$/m.test(source),
  );
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) return undefined;
  return describe(home, manifest, entry.file, {
    // As the CLI does when it starts; without it the workers that blend shader transitions are not found.
    env: { HF_SHADER_WORKER_ENTRY: join(dist, "shaderTransitionWorker.js") },
    ...cliDefaults(dist),
  });
}

/** Modules of the CLI's program, whose names are a word and a hash; each is read when it is come to. */
function* modulesOf(
  dist: string,
  word: "src" | "render" | "chunk",
): Generator<{ file: string; source: string }> {
  for (const name of readdirSync(dist)) {
    if (!name.startsWith(`${word}-`) || !/^\w+-\w+\.js$/.test(name)) continue;
    const file = join(dist, name);
    yield { file, source: readFileSync(file, "utf8") };
  }
}

/** What the CLI's own command hands its producer where the user says nothing. */
function cliDefaults(dist: string): Pick<Renderer, "autoEnv" | "quality" | "qualities"> {
  const commands = Array.from(modulesOf(dist, "render"), ({ source }) => source);
  // The GPU mode `auto` and `forceScreenshot: false`, so that it takes BeginFrame also where the producer by itself would take screenshots.
  // Older ones do not. Source: `renderLocal` of the CLI 0.8.170.
  const asks = commands.some((text) => /browserGpuMode === "auto".*\{ forceScreenshot: false \}/.test(text));
  // Source: the help of `hyperframes render` 0.8.170; older versions have no `looks`.
  const hasLooks = commands.some((text) => text.includes("looks is the default"));
  return {
    autoEnv: asks ? { PRODUCER_BROWSER_GPU_MODE: "auto", PRODUCER_FORCE_SCREENSHOT: "false" } : {},
    quality: hasLooks ? "looks" : "standard",
    qualities: Object.assign({}, ...commands.map(qualitiesIn)),
  };
}

/** The CLI's own table of names, read from its program: `looks: { quality: "standard", crf: 16 }`. Older versions have none. */
function qualitiesIn(command: string): Record<string, EncoderQuality> {
  const entries = command.matchAll(/^ {2}(\w+): \{ quality: "(\w+)"(?:, crf: (\d+))? \},?$/gm);
  return Object.fromEntries(
    Array.from(entries, ([, name, quality = "", crf]) => [
      name,
      { quality, crf: crf === undefined ? null : Number(crf) },
    ]),
  );
}

/**
 * Frames a second that the page of a project asks for, as the CLI's own function reads them (`60`, `30000/1001`); `undefined` where it asks for
 * none, or the package does not look. Source: `resolveDefaultFpsArg` of the CLI 0.8.170.
 */
export async function declaredFps(
  { directory, name }: Renderer,
  projectDir: string,
): Promise<string | undefined> {
  if (name !== RENDERERS.cli) return undefined;
  for (const { file, source } of modulesOf(join(directory, "dist"), "chunk")) {
    if (!source.includes("\nfunction resolveDefaultFpsArg(")) continue;
    const { resolveDefaultFpsArg } = await import(pathToFileURL(file).href);
    const fps: unknown = resolveDefaultFpsArg?.(undefined, projectDir, join(projectDir, "index.html"));
    return fps === undefined || fps === null ? undefined : String(fps);
  }
  return undefined;
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
  defaults: Pick<Renderer, "env" | "autoEnv" | "quality" | "qualities">,
): Renderer {
  return { name, version, directory: home, entry: pathToFileURL(entry).href, ...defaults };
}
