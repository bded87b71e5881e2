import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";

/**
 * CPU time the main thread has used so far, in milliseconds; on Linux from the scheduler's own account (nanoseconds),
 * elsewhere the time the event loop was busy.
 */
export function mainThreadMs(): number {
  if (process.platform !== "linux") return performance.eventLoopUtilization().active;
  // The main thread's id is the process id; the first field is the time on a CPU. Source: proc(5), schedstat.
  const [onCpuNs] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ");
  return Number(onCpuNs) / 1e6;
}
