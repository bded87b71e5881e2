/** The native binaries of a bundle: which are installed, and putting them beside the output files that look for one. */
import { createHash, randomUUID } from "node:crypto";
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { BINARY_NAME, binaryPackage } from "../native/binary-target.js";

/** The result of esbuild's build, by shape. */
export interface BuildResult {
  readonly errors: readonly unknown[];
  metafile?: { outputs: Record<string, { inputs: Record<string, unknown> }> } | undefined;
  /** Only with `write: false`. */
  outputFiles?: OutputFile[] | undefined;
}

interface OutputFile {
  path: string;
  contents: Uint8Array;
  hash: string;
  readonly text: string;
}

/** The loader of the native binary, which looks for it beside itself. */
const BINDING_LOADER = fileURLToPath(new URL("../../../index.js", import.meta.url));

/** A message for each platform whose binary is not installed. */
export function missing(platforms: readonly string[]): { text: string }[] {
  return platforms
    .filter((platform) => binaryFile(platform) === undefined)
    .map((platform) => ({
      text:
        `There is no native binary for ${platform}: ${binaryPackage(platform)} is not installed. ` +
        "For another machine's, npm install takes --os, --cpu and --libc.",
    }));
}

/** Puts the binaries beside each output file that will look for one. */
export function placeBinaries(result: BuildResult, platforms: readonly string[], workingDir: string): void {
  const folders = new Set<string>();
  for (const [output, { inputs }] of Object.entries(result.metafile?.outputs ?? {})) {
    const holdsLoader = Object.keys(inputs).some((input) => resolve(workingDir, input) === BINDING_LOADER);
    if (holdsLoader) folders.add(dirname(resolve(workingDir, output)));
  }
  const files = platforms.flatMap((platform) => binaryFile(platform) ?? []);
  for (const folder of folders) {
    for (const file of files) place(result, file, join(folder, basename(file)));
  }
}

function place(result: BuildResult, from: string, to: string): void {
  if (result.outputFiles === undefined) {
    placeFile(from, to);
    return;
  }
  const contents = readFileSync(from);
  const hash = createHash("sha256").update(contents).digest("base64url");
  result.outputFiles.push({ path: to, contents, hash, text: "" });
}

/** The file of the native binary for a platform, as napi-rs names platforms, or `undefined` where it is not installed. */
function binaryFile(platform: string): string | undefined {
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

/**
 * Copies a library to where a process may have it loaded. One that is there already, byte for byte, is left alone; any other is replaced by
 * name, never written over: a process that has it mapped would end with SIGBUS.
 */
function placeFile(from: string, to: string): void {
  if (isSame(from, to)) return;
  const temporary = `${to}.${randomUUID()}.tmp`;
  try {
    copyFileSync(from, temporary);
    renameSync(temporary, to);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function isSame(from: string, to: string): boolean {
  const there = statSync(to, { throwIfNoEntry: false });
  return there?.size === statSync(from).size && readFileSync(from).equals(readFileSync(to));
}
