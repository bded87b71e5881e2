import { readdirSync, readFileSync } from "node:fs";

/** A process; its id alone may belong to another one later. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the system's own ticks; `null` where the system does not say. */
  readonly startedAt: string | null;
}

interface ProcessStat {
  readonly parent: number;
  readonly startedAt: string;
}

/** From /proc; `undefined` for a process that is gone, or where there is no /proc. */
function statOf(pid: number | string): ProcessStat | undefined {
  try {
    // proc(5): "pid (name) state ppid ...", where the name may hold spaces and brackets; the start is field 22.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { parent: Number(fields[1]), startedAt: fields[19] ?? "" };
  } catch {
    return undefined;
  }
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
export function processTree(pid: number): ProcessIdentity[] {
  const all = allProcesses();
  const tree: ProcessIdentity[] = [{ pid, startedAt: all.get(pid)?.startedAt ?? null }];
  for (const member of tree) {
    for (const [child, { parent, startedAt }] of all) {
      if (parent === member.pid) tree.push({ pid: child, startedAt });
    }
  }
  return tree;
}

/** Whether the process runs, and is not another one with its id. */
export function stillRuns({ pid, startedAt }: ProcessIdentity): boolean {
  const stat = statOf(pid);
  return stat !== undefined && stat.startedAt === startedAt;
}
