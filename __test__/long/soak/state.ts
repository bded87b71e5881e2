/** What this process and the browsers under it hold at one moment. */
import { readdirSync, readFileSync } from "node:fs";
import { processTree } from "../../../dist/tools/bench/process-tree.js";

export interface State {
  /** Frames captured so far. */
  readonly frames: number;
  readonly nodeRss: number;
  /** Of it, what V8 uses for JavaScript's values and for what they hold outside; they explain the whole. */
  readonly nodeHeap: number;
  readonly nodeExternal: number;
  readonly openFiles: number;
  readonly threads: number;
  /** Blobs that the browser keeps for all its pages. */
  readonly blobs: number;
  /**
   * Anonymous memory of the browser and all its processes; what they share counts once. Not the program's own pages: their share is
   * less while another browser runs on the machine, and more when that ends.
   */
  readonly chromeMemory: number;
  /** Their shared memory: mostly decoded pictures that Chrome keeps until the memory is wanted. */
  readonly chromePictures: number;
  readonly chromeProcesses: number;
  /** {@link chromeMemory} by kind of process (`browser`, `renderer`, `gpu-process`, `utility`): who grows, where something does. */
  readonly chromeByKind: Readonly<Record<string, number>>;
}

/** What of it is compared; the number of Chrome's processes explains its memory. */
export const FIGURES = [
  "nodeRss",
  "nodeHeap",
  "nodeExternal",
  "openFiles",
  "threads",
  "blobs",
  "chromeMemory",
  "chromePictures",
] as const;
export type Figure = (typeof FIGURES)[number];

export function readState(frames: number, chromePid: number, blobs: number): State {
  const chrome = processTree(chromePid).map(({ pid }) => memoryOf(pid));
  const { heapUsed, external } = process.memoryUsage();
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    frames,
    nodeRss: kibibytes("/proc/self/status", "VmRSS") * 1024,
    nodeHeap: heapUsed,
    nodeExternal: external,
    openFiles: readdirSync("/proc/self/fd").length,
    threads: readdirSync("/proc/self/task").length,
    blobs,
    chromeMemory: sum(chrome.map(({ own }) => own)),
    chromePictures: sum(chrome.map(({ shared }) => shared)),
    chromeProcesses: chrome.filter(({ own }) => own > 0).length,
    chromeByKind: byKind(chrome),
  };
}

function byKind(processes: readonly ProcessMemory[]): Record<string, number> {
  const bytes: Record<string, number> = {};
  for (const { kind, own } of processes) if (own > 0) bytes[kind] = (bytes[kind] ?? 0) + own;
  return bytes;
}

interface ProcessMemory {
  readonly kind: string;
  readonly own: number;
  readonly shared: number;
}

/** Source: proc_pid_smaps(5); Chromium's processes say their kind by `--type`, set apart by spaces or zeros; the browser has none. */
export function memoryOf(pid: number): ProcessMemory {
  try {
    const file = `/proc/${pid}/smaps_rollup`;
    const kind = /[\0 ]--type=([\w-]+)/.exec(readFileSync(`/proc/${pid}/cmdline`, "utf8"))?.[1] ?? "browser";
    return { kind, own: kibibytes(file, "Pss_Anon") * 1024, shared: kibibytes(file, "Pss_Shmem") * 1024 };
  } catch {
    return { kind: "ended", own: 0, shared: 0 };
  }
}

/** 0 of a process that has ended. */
export function openFilesOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}

function kibibytes(file: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(readFileSync(file, "utf8"))?.[1] ?? 0);
}
