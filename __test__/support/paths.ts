import path from "node:path";

/** The repository. */
export const root = path.resolve(import.meta.dirname, "../..");

/** Generated source videos; safe to delete at any time. */
export const mediaDir = path.join(root, ".cache", "media");
