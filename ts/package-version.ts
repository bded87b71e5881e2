import { createRequire } from "node:module";

interface Manifest {
  readonly name?: string;
  readonly version?: string;
}

/** Version of this package, from its own manifest; `bundled` where a bundler left that behind. */
export const PACKAGE_VERSION: string = ownVersion() ?? "bundled";

function ownVersion(): string | undefined {
  try {
    const { name, version } = createRequire(import.meta.url)("../../package.json") as Manifest;
    // Beside a bundle it would be the manifest of whoever bundled.
    return name === "hyperframes-native" ? version : undefined;
  } catch {
    return undefined;
  }
}
