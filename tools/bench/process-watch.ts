import { readdirSync, readFileSync } from "node:fs";
import { isChrome, processTree, statOf, type TreeMember } from "./process-tree.js";

/** How often the processes are looked at. What began and ended between two looks is known from its parent, but for Chrome's threads. */
const EVERY_MS = 250;

/** What the processes of a render took of the machine. Times in milliseconds. */
export interface ProcessUse {
  /** Processor time. `ffmpeg` is all that Node started but Chrome: ffmpeg and ffprobe. */
  readonly cpuMs: { readonly node: number; readonly chrome: number; readonly ffmpeg: number };
  /** Chrome's processor time by process and thread (`renderer Compositor`), the most first; less than that of its processes. */
  readonly chromeThreads: readonly { readonly name: string; readonly cpuMs: number }[];
  /** The most memory that all of them had at one time, in bytes; pages that several share count for each of them. */
  readonly peakRssBytes: number;
}

interface Watched {
  readonly isChrome: boolean;
  /** The first part of its threads' names: `renderer`. */
  readonly type: string;
  readonly parent: number;
  readonly cpuMs: number;
  isGone: boolean;
}

/** Watches a Node process that renders, and all that it starts, from outside: what renders need not know of it. */
export class ProcessWatch {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  readonly #watched = new Map<string, Watched>();
  readonly #threads = new Map<string, { readonly name: string; readonly cpuMs: number }>();
  #node = 0;
  #ended = 0;
  #endedSoFar = 0;
  #peakRssBytes = 0;

  constructor(pid: number) {
    this.#pid = pid;
    this.#timer = setInterval(() => this.#look(), EVERY_MS).unref();
  }

  /** Ends it; `null` where the system says nothing of processes (there is no /proc). */
  end(): ProcessUse | null {
    clearInterval(this.#timer);
    if (this.#node === 0) return null;
    const cpuMs = { node: this.#node, chrome: 0, ffmpeg: this.#ended };
    for (const one of this.#watched.values()) cpuMs[one.isChrome ? "chrome" : "ffmpeg"] += one.cpuMs;
    const threads = new Map<string, number>();
    for (const { name, cpuMs } of this.#threads.values()) threads.set(name, (threads.get(name) ?? 0) + cpuMs);
    const chromeThreads = Array.from(threads, ([name, cpuMs]) => ({ name, cpuMs }));
    return {
      cpuMs,
      chromeThreads: chromeThreads.toSorted((a, b) => b.cpuMs - a.cpuMs),
      peakRssBytes: this.#peakRssBytes,
    };
  }

  #look(): void {
    const [root, ...others] = processTree(this.#pid);
    if (root?.stat === undefined) return;
    this.#node = root.stat.cpuMs;
    const living = new Set<string>();
    for (const member of others) living.add(this.#lookAt(member));
    const gone = Array.from(this.#watched).filter(([key, one]) => !one.isGone && !living.has(key));
    const ended = root.stat.endedMs - this.#endedSoFar;
    this.#endedSoFar = root.stat.endedMs;
    // What has ended is in its parent's account, with what began and ended between two looks. Not when Chrome has just ended: how much of
    // that account is Chrome's depends on how it was ended. Then what was seen stays.
    if (!gone.some(([, one]) => one.isChrome && one.parent === this.#pid)) {
      for (const [key, one] of gone) if (!one.isChrome) this.#watched.delete(key);
      this.#ended += ended;
    }
    for (const [, one] of gone) one.isGone = true;
    const rss = [root, ...others].reduce((sum, { pid }) => sum + rssBytes(pid), 0);
    this.#peakRssBytes = Math.max(this.#peakRssBytes, rss);
  }

  /** Says by which key it is kept. */
  #lookAt({ pid, startedAt, stat }: TreeMember): string {
    const key = `${pid} ${startedAt}`;
    if (stat === undefined) return key;
    const { parent, cpuMs } = stat;
    // Asked anew each time: for a moment a new process is what its parent is. One that ends has no arguments any more.
    const line = read(`/proc/${pid}/cmdline`);
    const before = line === "" ? this.#watched.get(key)?.type : undefined;
    const one = {
      isChrome: isChrome(stat),
      type: before ?? /--type=([\w-]+)/.exec(line)?.[1] ?? "browser",
      ...{ parent, cpuMs, isGone: false },
    };
    this.#watched.set(key, one);
    for (const thread of one.isChrome ? threadsOf(pid) : []) {
      const of = statOf(`${pid}/task/${thread}`);
      if (of === undefined) continue;
      // The first thread has the program's name.
      const name = `${one.type} ${thread === String(pid) ? "main" : of.name.replace(/[\d/]+$/, "")}`;
      this.#threads.set(`${thread} ${of.startedAt}`, { name, cpuMs: of.cpuMs });
    }
    return key;
  }
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // it has ended
  }
}

function rssBytes(pid: number): number {
  return 1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // it has ended
  }
}
