/** What this process and the browsers under it hold at one moment. */
import { readdirSync, readFileSync } from "node:fs";
import { processTree } from "../dist/bench/process-tree.js";

export interface State {
  /** Frames captured so far. */
  readonly frames: number;
  readonly nodeRss: number;
  readonly openFiles: number;
  readonly threads: number;
  /** Blobs that the browser keeps for all its pages. */
  readonly blobs: number;
  /** Proportional set size of the browser and all its processes: what is shared counts once. */
  readonly chromePss: number;
  readonly chromeProcesses: number;
}

/** What of it is compared; the number of Chrome's processes explains its memory. */
export const FIGURES = ["nodeRss", "openFiles", "threads", "blobs", "chromePss"] as const;
export type Figure = (typeof FIGURES)[number];

export function readState(frames: number, chromePid: number, blobs: number): State {
  const chrome = processTree(chromePid).map(({ pid }) => pss(pid));
  return {
    frames,
    nodeRss: kibibytes("/proc/self/status", "VmRSS") * 1024,
    openFiles: readdirSync("/proc/self/fd").length,
    threads: readdirSync("/proc/self/task").length,
    blobs,
    chromePss: chrome.reduce((sum, bytes) => sum + bytes, 0),
    chromeProcesses: chrome.filter((bytes) => bytes > 0).length,
  };
}

/** Source: proc_pid_smaps(5). */
function pss(pid: number): number {
  try {
    return kibibytes(`/proc/${pid}/smaps_rollup`, "Pss") * 1024;
  } catch {
    return 0; // it has ended
  }
}

function kibibytes(file: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(readFileSync(file, "utf8"))?.[1] ?? 0);
}
