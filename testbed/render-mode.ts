// With our package or without it: what a render process is started with.

/**
 * - `plain`: HyperFrames as it is, our package not even loaded; gives no statistics.
 * - `stock`: our package loaded with HYPERFRAMES_NATIVE=off; upstream's function runs and is timed.
 * - `native`: our package loaded and on.
 */
export type RenderMode = "plain" | "stock" | "native";

export type Capture = "beginframe" | "screenshot";

/** Found through the package's own name, as a user's project finds it: the child's working directory is the repository. */
const REGISTER = "hyperframes-native/register";

/** Node's own arguments. */
export function nodeArguments(mode: RenderMode): string[] {
  return ["--disable-warning=ExperimentalWarning", ...(mode === "plain" ? [] : ["--import", REGISTER])];
}

export interface EnvironmentOptions {
  readonly mode: RenderMode;
  readonly capture: Capture;
  readonly extractCacheDir: string;
  readonly statsFile: string;
}

/** The environment of a render process, without anything that was set around the testbed for our package. */
export function renderEnvironment(options: EnvironmentOptions): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const name of Object.keys(env)) if (name.startsWith("HYPERFRAMES_NATIVE")) delete env[name];
  // `node --test` marks its children, which then report in its own format.
  delete env.NODE_TEST_CONTEXT;
  env.PRODUCER_FORCE_SCREENSHOT = String(options.capture === "screenshot");
  env.HYPERFRAMES_EXTRACT_CACHE_DIR = options.extractCacheDir;
  if (options.mode !== "plain") env.HYPERFRAMES_NATIVE_STATS = options.statsFile;
  if (options.mode === "stock") env.HYPERFRAMES_NATIVE = "off";
  return env;
}
