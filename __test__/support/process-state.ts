/** What a process holds, by default this one, from /proc. Linux only: tests that ask for it are skipped elsewhere, by {@link withoutProc}. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Why a test is skipped that needs this module; `false` on Linux. */
export const withoutProc = process.platform !== "linux" && "there is no /proc";

/** Open files by number, with what they are. */
export function openFiles(pid: number | "self" = "self"): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
    } catch {
      return []; // closed meanwhile, as the one that listed the others
    }
  });
}

/** Names of the threads. */
export function threads(): string[] {
  return readdirSync("/proc/self/task").flatMap((id) => {
    try {
      return [readFileSync(`/proc/self/task/${id}/comm`, "utf8").trim()];
    } catch {
      return [];
    }
  });
}

/** What was open when this module was loaded; a test runner's own, most of it. */
const atFirst = new Set(withoutProc ? [] : openFiles());

/** Local ports a process listens at; of this one those that came since this module was loaded. Source: proc_net(5), proc_pid_net; `0A` is TCP_LISTEN. */
export function listeningPorts(pid: number | "self" = "self"): number[] {
  const own = new Set(openFiles(pid).filter((file) => file.startsWith("socket:") && !atFirst.has(file)));
  if (own.size === 0) return []; // the table is the whole machine's, and may be long
  return readFileSync(`/proc/${pid}/net/tcp`, "utf8")
    .split("\n")
    .filter((line) => line.includes(" 0A "))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === "0A" && own.has(`socket:[${inode}]`))
    .map(([, local = ""]) => Number.parseInt(local.slice(local.indexOf(":") + 1), 16));
}

/** The other processes, as their command lines, that have a text in those, or in their environment too. */
export function processesWith(text: string, ...places: ReadonlyArray<"cmdline" | "environ">): string[] {
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .flatMap((pid) => {
      try {
        const read = (place: string) => readFileSync(`/proc/${pid}/${place}`, "utf8");
        const has = places.some((place) => read(place).includes(text));
        return has ? [read("cmdline").replaceAll("\0", " ")] : [];
      } catch {
        return []; // it has ended, or is not ours
      }
    });
}
