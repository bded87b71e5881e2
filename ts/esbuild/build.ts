/** What the plugin uses of esbuild's plugin API, by shape: this package does not depend on esbuild. */

export interface BundlePlugin {
  readonly name: string;
  setup(build: Build): void;
}

export interface Build {
  initialOptions: {
    format?: string | undefined;
    absWorkingDir?: string | undefined;
    metafile?: boolean | undefined;
  };
  onStart(callback: () => { errors: Message[] }): void;
  onLoad(
    options: { filter: RegExp; namespace?: string },
    callback: (module: { path: string }) => LoadedModule | undefined,
  ): void;
  onResolve(options: { filter: RegExp }, callback: () => { external: boolean }): void;
  onEnd(callback: (result: BuildResult) => { warnings: Message[] } | undefined): void;
}

export interface Message {
  text: string;
}

export interface LoadedModule {
  contents?: string | Uint8Array;
  loader?: "js";
  resolveDir?: string;
  warnings?: Message[];
}

export interface BuildResult {
  readonly errors: readonly unknown[];
  metafile?: { outputs: Record<string, { inputs: Record<string, unknown> }> } | undefined;
  /** Only with `write: false`. */
  outputFiles?: OutputFile[] | undefined;
}

export interface OutputFile {
  path: string;
  contents: Uint8Array;
  hash: string;
  readonly text: string;
}
