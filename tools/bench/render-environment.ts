import { REGISTER_URL } from "../cli/run/drop-in-environment.js";

/**
 * With this package or without it.
 * - `plain`: HyperFrames as it is, this package not even loaded; gives no statistics.
 * - `stock`: this package loaded with HYPERFRAMES_NATIVE=off; upstream's function runs and is timed.
 * - `native`: this package loaded and on.
 */
export type RenderMode = "plain" | "stock" | "native";

/** How pages are captured; `auto`: as the producer decides by itself. */
export type Capture = "auto" | "beginframe" | "screenshot";

/** Node's own arguments. */
export function nodeArguments(mode: RenderMode, register: string = REGISTER_URL): string[] {
  return ["--disable-warning=ExperimentalWarning", ...(mode === "plain" ? [] : ["--import", register])];
}

export interface EnvironmentOptions {
  readonly mode: RenderMode;
  readonly capture: Capture;
  readonly extractCacheDir: string;
  readonly statsFile: string;
}

/** The environment of a render process, without anything that was set around it for this package. */
export function renderEnvironment(options: EnvironmentOptions): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const name of ignoredVariables()) delete env[name];
  // `node --test` marks its children, which then report in its own format.
  delete env.NODE_TEST_CONTEXT;
  if (options.capture !== "auto") env.PRODUCER_FORCE_SCREENSHOT = String(options.capture === "screenshot");
  env.HYPERFRAMES_EXTRACT_CACHE_DIR = options.extractCacheDir;
  if (options.mode !== "plain") env.HYPERFRAMES_NATIVE_STATS = options.statsFile;
  // A plain one may load this package all the same: by NODE_OPTIONS.
  if (options.mode !== "native") env.HYPERFRAMES_NATIVE = "off";
  return env;
}

/** Variables for this package that a render process is not given. */
export function ignoredVariables(): readonly string[] {
  return Object.keys(process.env).filter((name) => name.startsWith("HYPERFRAMES_NATIVE"));
}
