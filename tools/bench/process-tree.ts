/** Processes and what they started: telling them apart, and ending them. */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** How long a process has to end by itself, in milliseconds. */
const GRACE_MS = 5_000;

/** A process; its id alone may belong to another one later. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the system's own ticks; `null` where the system does not say. */
  readonly startedAt: string | null;
}

/** What the system says of a process or of a thread. */
export interface ProcessStat {
  readonly parent: number;
  readonly startedAt: string;
  /** The first 15 letters of the program's name, or the thread's. */
  readonly name: string;
  /** Processor time so far, in milliseconds. */
  readonly cpuMs: number;
  /** That of its children that have ended. */
  readonly endedMs: number;
}

/** Linux counts in hundredths of a second for all programs (proc(5), `sysconf(_SC_CLK_TCK)`). */
const MS_PER_TICK = 10;

/** From /proc, of a process or, as `<process>/task/<thread>`, a thread; `undefined` for one that is gone, or without a /proc. */
export function statOf(of: number | string): ProcessStat | undefined {
  try {
    // proc(5): "pid (name) state ppid ...", where the name may hold spaces and brackets; what follows it begins with field 3.
    const stat = readFileSync(`/proc/${of}/stat`, "utf8");
    const [start, end] = [stat.indexOf("("), stat.lastIndexOf(")")];
    const fields = stat.slice(end + 2).split(" ");
    const ticks = (field: number) => Number(fields[field - 3]) + Number(fields[field - 2]);
    return {
      parent: Number(fields[1]),
      startedAt: fields[19] ?? "",
      name: stat.slice(start + 1, end),
      cpuMs: ticks(14) * MS_PER_TICK,
      endedMs: ticks(16) * MS_PER_TICK,
    };
  } catch {
    return undefined;
  }
}

/** Whether it is of Chrome's program, or of a script that starts it. */
export function isChrome({ name }: ProcessStat): boolean {
  return /chrom|headless/i.test(name);
}

export interface TreeMember extends ProcessIdentity {
  readonly stat: ProcessStat | undefined;
}

function allProcesses(): Map<number, ProcessStat> {
  const all = new Map<number, ProcessStat>();
  let entries: string[] = [];
  try {
    entries = readdirSync("/proc");
  } catch {
    // There is no /proc here.
  }
  for (const entry of entries) {
    const stat = /^\d+$/.test(entry) ? statOf(entry) : undefined;
    if (stat !== undefined) all.set(Number(entry), stat);
  }
  return all;
}

/**
 * A process and everything it started. puppeteer gives Chrome a process group of its own, so that ending the group of a
 * render would leave the browser behind.
 */
export function processTree(pid: number): TreeMember[] {
  const all = allProcesses();
  const member = (pid: number, stat = all.get(pid)): TreeMember => ({
    ...{ pid, startedAt: stat?.startedAt ?? null },
    stat,
  });
  const tree = [member(pid)];
  for (const { pid: parent } of tree) {
    for (const [child, stat] of all) {
      if (stat.parent === parent) tree.push(member(child, stat));
    }
  }
  return tree;
}

/** Whether the process runs, and is not another one with its id. */
export function stillRuns({ pid, startedAt }: ProcessIdentity): boolean {
  const stat = statOf(pid);
  return stat !== undefined && stat.startedAt === startedAt;
}

/**
 * Ends a process and what it started: first politely, so that puppeteer can close its browser, then for good. Returns a
 * function to call when the process has ended; what is left of the tree is ended then.
 */
export function endTree(pid: number): () => void {
  if (process.platform === "win32") {
    // There is no polite way, and ending the process alone leaves its children.
    spawn("taskkill", ["/pid", String(pid), "/T", "/F"], { stdio: "ignore" }).on("error", () => undefined);
    return () => undefined;
  }
  // Listed now: once their parent is gone its children belong to init and could not be told apart.
  const tree = processTree(pid);
  send(pid, "SIGTERM");
  const endForGood = () => {
    for (const member of tree) if (stillRuns(member)) send(member.pid, "SIGKILL");
  };
  const timer = setTimeout(() => {
    // Where the system does not tell processes apart: this one has not been waited for, so that its id is still its own.
    if (tree[0]?.startedAt === null) send(pid, "SIGKILL");
    endForGood();
  }, GRACE_MS);
  return () => {
    clearTimeout(timer);
    endForGood();
  };
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}
