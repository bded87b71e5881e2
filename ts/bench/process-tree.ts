import { readdirSync, readFileSync } from "node:fs";

/** Parent of every process, from /proc; empty where there is none. */
function parents(): Map<number, number> {
  const result = new Map<number, number>();
  let entries: string[];
  try {
    entries = readdirSync("/proc");
  } catch {
    return result;
  }
  for (const entry of entries) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      // "pid (name) state ppid ...", where the name may hold spaces and brackets.
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      const ppid = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
      result.set(Number(entry), Number(ppid));
    } catch {
      // It ended in between.
    }
  }
  return result;
}

/**
 * Ids of a process and of everything it started. puppeteer gives Chrome a process group of its own, so that ending the group of a
 * render would leave the browser behind.
 */
export function processTree(pid: number): number[] {
  const parentOf = parents();
  const tree = [pid];
  for (const member of tree) {
    for (const [child, parent] of parentOf) if (parent === member) tree.push(child);
  }
  return tree;
}
