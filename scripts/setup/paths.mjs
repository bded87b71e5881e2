// Where things are, relative to the repository.
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..");
export const cacheDir = path.join(root, ".cache");

/** A path inside the repository. */
export function inRoot(...parts) {
  return path.join(root, ...parts);
}
