import path from "node:path";

/** The repository. */
export const root = path.resolve(import.meta.dirname, "../..");

/** The program of this package's command. */
export const mainProgram = path.join(root, "dist", "tools", "cli", "main.js");

/** Generated source videos; safe to delete at any time. */
export const mediaDir = path.join(root, ".cache", "media");
