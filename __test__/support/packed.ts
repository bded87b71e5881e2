/** The packages of this machine's kind, packed anew. */
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { root } from "../../testbed/paths.ts";

export interface Packed {
  /** Path of the tarball of `hyperframes-native`. */
  readonly main: string;
  /** Those with a binary; usually one. */
  readonly binaries: readonly string[];
}

export async function packed(): Promise<Packed> {
  await promisify(execFile)(process.execPath, [path.join(root, "scripts", "tasks", "pack-packages.mjs")], {
    cwd: root,
  });
  const out = path.join(root, "packages-out");
  const tarballs = readdirSync(out).map((name) => path.join(out, name));
  const isBinary = (file: string) => path.basename(file).includes("-binding-");
  const [main] = tarballs.filter((file) => !isBinary(file));
  if (main === undefined) throw new Error("no package was packed");
  return { main, binaries: tarballs.filter(isBinary) };
}
