// Where a process listens, as anybody on the same Linux machine can find out.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { processTree } from "../../../dist/tools/bench/process-tree.js";

/** Ports of the loopback address and of all addresses on which a process listens. */
function listeningPorts(pid: number): number[] {
  const own = sockets(pid);
  if (own.size === 0) return [];
  // proc(5): "sl local_address rem_address st ... inode ...", addresses as hexadecimal numbers, state 0A for a listener.
  const table = attempt(() => readFileSync(`/proc/${pid}/net/tcp`, "utf8")) ?? "";
  const lines = table.trim().split("\n").slice(1);
  return lines.flatMap((line) => {
    const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
    return state === "0A" && own.has(inode) ? [Number.parseInt(local.split(":")[1] ?? "", 16)] : [];
  });
}

/** Inodes of the sockets that a process has open. */
function sockets(pid: number): Set<string> {
  const links = attempt(() => readdirSync(`/proc/${pid}/fd`)) ?? [];
  const inodes = links.flatMap((fd) => {
    // It may be closed meanwhile.
    const link = attempt(() => readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? "";
    return /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? [];
  });
  return new Set(inodes);
}

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
      const ports = listeningPorts(pid).filter((port) => !others.has(port));
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
