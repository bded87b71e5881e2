import { createRequire } from "node:module";

interface Manifest {
  readonly version: string;
}

/** Version of this package, from its own manifest. */
export const PACKAGE_VERSION: string = (createRequire(import.meta.url)("../package.json") as Manifest)
  .version;
