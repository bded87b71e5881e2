import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { BINARY_NAME, binaryPackage } from "../native/binary-target.js";

/** The file of the native binary for a platform, as napi-rs names platforms, or `undefined` where it is not installed. */
export function binaryFile(platform: string): string | undefined {
  const name = `${BINARY_NAME}.${platform}.node`;
  // A checkout has it at its top, an installation in a package of its own.
  const own = fileURLToPath(new URL(`../../../${name}`, import.meta.url));
  if (existsSync(own)) return own;
  try {
    return createRequire(import.meta.url).resolve(`${binaryPackage(platform)}/${name}`);
  } catch {
    return undefined;
  }
}
