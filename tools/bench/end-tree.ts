import { spawn } from "node:child_process";
import { processTree, stillRuns } from "./process-tree.js";

const GRACE_MS = 5_000;

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
  const timer = setTimeout(endForGood, GRACE_MS);
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
