import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";

/** The generated loader, as child processes and workers import it. */
export const BINDING = new URL("../../index.js", import.meta.url).href;

/** A directory of the calling test file's own, removed at its end. */
export function testDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "hf-native-"));
  after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Bytes that pass for a whole jpeg; `seed` makes them differ. */
export function jpeg(length: number, seed = 0): Buffer {
  const bytes = Buffer.alloc(length, Buffer.from([1 + seed, 2, 3, 250 - seed]));
  bytes.writeUInt32BE(0xffd8ffe0, 0);
  bytes.writeUInt16BE(0xffd9, length - 2);
  return bytes;
}

/** Writes a frame and returns its path. */
export function frame(directory: string, name: string, bytes: Buffer): string {
  const path = join(directory, name);
  writeFileSync(path, bytes);
  return path;
}

/** How a child process ended. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  milliseconds: number;
}

/**
 * Runs a module in a process of its own. `deadline` in milliseconds ends it with SIGKILL; `under` is a command that runs the one
 * behind it.
 */
export function runModule(
  source: string,
  deadline: number,
  options: { flags?: string[]; env?: Record<string, string>; under?: string[] } = {},
): Promise<Ended> {
  const started = performance.now();
  const command = [
    ...(options.under ?? []),
    process.execPath,
    ...(options.flags ?? []),
    "--input-type=module",
    "--eval",
    source,
  ];
  const child = spawn(command[0] as string, command.slice(1), {
    env: { ...process.env, ...options.env },
    timeout: deadline,
    killSignal: "SIGKILL",
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text) => (stdout += text));
  child.stderr.on("data", (text) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) =>
      resolve({ code, signal, stdout, stderr, milliseconds: performance.now() - started }),
    );
  });
}
