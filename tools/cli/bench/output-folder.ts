import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { BenchResult } from "../../bench/result.js";

/** Its name alone tells that a folder is one of a bench, should it be left by one that was killed. */
const WORK_PREFIX = ".hyperframes-native-";

/** What goes on here must have ended before; the last of it may still be writing. */
const REMOVAL = { recursive: true, force: true, maxRetries: 10, retryDelay: 50 } as const;

/** Why a folder is not taken; one sentence and what to do. */
export class OutputFolderError extends Error {}

/** Where the results go. What is rendered lies in a folder of its own in it, until it is finished. */
export class OutputFolder {
  readonly path: string;
  /** Beside the results, not among the system's temporary files: those may lie in memory, and frames are many. */
  readonly work: string;
  readonly #isNew: boolean;
  readonly #onExit = () => this.remove();

  /** @throws {OutputFolderError} where it cannot be written, or holds what is not a bench's. */
  constructor(path: string) {
    this.path = path;
    let isNew = false;
    try {
      refuseForeign(path);
      isNew = mkdirSync(path, { recursive: true }) !== undefined;
      this.work = mkdtempSync(join(path, WORK_PREFIX));
    } catch (error) {
      if (isNew) removeEmpty(path);
      if (error instanceof OutputFolderError) throw error;
      throw new OutputFolderError(
        `The report cannot be written to ${path}: ${reasonOf(error)}. Give another folder with --output.`,
      );
    }
    this.#isNew = isNew;
    // An error that nobody foresaw is a way out too.
    process.once("exit", this.#onExit);
  }

  get report(): string {
    return join(this.path, "report.html");
  }

  get numbers(): string {
    return numbersIn(this.path);
  }

  /** Puts a copy of a finished file among the results. */
  publish(file: string, name: string): void {
    copyFileSync(file, join(this.path, name));
  }

  /** Removes the work folder, and a new folder into which nothing came. */
  remove(): void {
    process.removeListener("exit", this.#onExit);
    rmSync(this.work, REMOVAL);
    if (this.#isNew) removeEmpty(this.path);
  }
}

function numbersIn(path: string): string {
  return join(path, "results.json");
}

/** Files of other origin could have the names of ours. */
function refuseForeign(path: string): void {
  const names = entriesOf(path).filter((name) => !name.startsWith(WORK_PREFIX));
  if (names.length === 0 || isResult(numbersIn(path))) return;
  throw new OutputFolderError(
    `${path} holds files that bench did not write (such as ${names[0]}). Give a new or empty folder with --output.`,
  );
}

function entriesOf(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function isResult(file: string): boolean {
  try {
    const { version, machine, pairs }: Partial<BenchResult> = JSON.parse(readFileSync(file, "utf8"));
    return typeof version === "string" && typeof machine === "object" && Array.isArray(pairs);
  } catch {
    return false; // there is none, or it is something else
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EEXIST" || code === "ENOTDIR") return "a file is in its place";
  if (code === "EACCES" || code === "EPERM") return "this user must not write there";
  if (code === "EROFS") return "the file system is read-only";
  return message;
}

function removeEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // It holds results.
  }
}
