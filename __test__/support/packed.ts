// The packages of this machine's kind as they would be published, packed anew.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runProgram } from "../../dist/tools/bench/ffmpeg.js";
import { install } from "./npm.ts";
import { root } from "./paths.ts";

export interface Packed {
  /** Path of the tarball of `hyperframes-native`. */
  readonly main: string;
  /** Those with a binary; usually one. */
  readonly binaries: readonly string[];
}

export async function packed(): Promise<Packed> {
  // Other files of tests pack at the same time.
  const out = mkdtempSync(path.join(tmpdir(), "hyperframes-native-packed-"));
  process.once("exit", () => rmSync(out, { recursive: true, force: true }));
  await runProgram(process.execPath, [path.join(root, "scripts", "tasks", "pack.mjs"), "--out", out]);
  const tarballs = readdirSync(out).map((name) => path.join(out, name));
  const isBinary = (file: string) => path.basename(file).includes("-binding-");
  const [main] = tarballs.filter((file) => !isBinary(file));
  if (main === undefined) throw new Error("no package was packed");
  return { main, binaries: tarballs.filter(isBinary) };
}

/** Installs them into an empty project, with whatever else is named. */
export async function installPacked(project: string, ...further: readonly string[]): Promise<void> {
  writeFileSync(path.join(project, "package.json"), JSON.stringify({ name: "project", private: true }));
  const { main, binaries } = await packed();
  await install(project, main, ...binaries, ...further);
}
