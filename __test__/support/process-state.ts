/** What this process holds, from /proc. Linux only: tests that ask for it are skipped elsewhere, by {@link withoutProc}. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Why a test is skipped that needs this module; `false` on Linux. */
export const withoutProc = process.platform !== "linux" && "there is no /proc";

/** Open files by number, with what they are. */
export function openFiles(): string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return []; // the one that listed the others
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

/** Local ports this process has come to listen at since this module was loaded. Source: proc_net(5), proc_pid_net; `0A` is TCP_LISTEN. */
export function listeningPorts(): number[] {
  const own = new Set(openFiles().filter((file) => file.startsWith("socket:") && !atFirst.has(file)));
  if (own.size === 0) return []; // the table is the whole machine's, and may be long
  return readFileSync("/proc/self/net/tcp", "utf8")
    .split("\n")
    .filter((line) => line.includes(" 0A "))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === "0A" && own.has(`socket:[${inode}]`))
    .map(([, local = ""]) => Number.parseInt(local.slice(local.indexOf(":") + 1), 16));
}
