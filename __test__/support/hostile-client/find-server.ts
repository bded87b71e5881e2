// Where a process listens, as anybody on the same Linux machine can find out.
import { readFileSync } from "node:fs";
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { processTree } from "../../../dist/tools/bench/process-tree.js";
import { listeningPorts } from "../process-state.ts";

/** A frame server and the process that has it. */
export interface FoundServer {
  readonly pid: number;
  readonly port: number;
}

/**
 * The frame server of a render that this process started; looks until there is one. Undefined if the signal ends it first.
 */
export async function findFrameServer(signal: AbortSignal): Promise<FoundServer | undefined> {
  const others = new Set<number>();
  while (!signal.aborted) {
    for (const { pid } of processTree(process.pid).filter(({ pid }) => isRender(pid))) {
      const ports = (attempt(() => listeningPorts(pid)) ?? []).filter((port) => !others.has(port));
      const found = await Promise.all(ports.map(isFrameServer));
      const port = ports[found.indexOf(true)];
      if (port !== undefined) return { pid, port };
      for (const port of ports) others.add(port);
    }
    await sleep(10);
  }
  return undefined;
}

function isRender(pid: number): boolean {
  return attempt(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"))?.includes("render-child.js") ?? false;
}

/** Undefined for what is gone. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

/** Whether a frame server listens there: nothing else answers a request without `Host` with 421. */
function isFrameServer(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = net.connect({ port, host: "127.0.0.1" });
    socket.setTimeout(1_000, () => socket.destroy());
    socket.setEncoding("latin1").on("data", (text) => {
      answer += text;
      socket.destroy();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(answer.startsWith("HTTP/1.1 421 ")));
    socket.write("GET / HTTP/1.1\r\n\r\n");
  });
}
