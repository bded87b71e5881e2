import { existsSync, mkdtempSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A group of processes with a memory limit of its own. */
export interface MemoryGroup {
  /** File that a process joins the group by, writing its id. */
  readonly joinFile: string;
  delete(): void;
}

const ROOT = "/sys/fs/cgroup";

/** Makes a group, of whichever version the system has; `undefined` where this process may not. */
export function memoryGroup(limitBytes: number): MemoryGroup | undefined {
  const isV2 = existsSync(join(ROOT, "cgroup.controllers"));
  let folder = "";
  try {
    if (isV2 && !readFileSync(join(ROOT, "cgroup.subtree_control"), "utf8").includes("memory"))
      return undefined;
    folder = mkdtempSync(join(isV2 ? ROOT : join(ROOT, "memory"), "hyperframes-native-"));
    writeFileSync(join(folder, isV2 ? "memory.max" : "memory.limit_in_bytes"), String(limitBytes));
  } catch {
    if (folder !== "") rmdirSync(folder);
    return undefined;
  }
  return { joinFile: join(folder, "cgroup.procs"), delete: () => rmdirSync(folder) };
}
