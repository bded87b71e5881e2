/** What a render takes, measured from within its process. */
import { subscribe } from "node:diagnostics_channel";
import { readFileSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  CHOICE_CHANNEL,
  type ChoiceMessage,
  HOOK_CHANNEL,
  type HookMessage,
} from "../../ts/telemetry/channels.js";

/** How often memory is looked at, in milliseconds. */
const MEMORY_EVERY_MS = 200;

/** How often the event loop is asked to be on time, in milliseconds. Node's histogram holds the time from one to the next. */
const LOOP_EVERY_MS = 10;

/** A call of the hook; `atMs` counts from the start of the first one. */
export interface HookCall {
  readonly atMs: number;
  readonly hookMs: number;
  /** Seconds on the composition's clock. */
  readonly time: number;
}

/** Memory of the process over the same clock. */
export interface MemorySample {
  readonly atMs: number;
  readonly rssBytes: number;
}

/** What a {@link RenderMeter} measured. Times in milliseconds. */
export interface RenderMeasures {
  /** From the start of the process to the end of the render. */
  readonly wallMs: number;
  /** Processor time of the process, without Chrome and ffmpeg. */
  readonly cpuMs: number;
  /** Most memory of the process from the start of the capture on, without Chrome and ffmpeg. */
  readonly peakRssBytes: number;
  /** Through sockets that this process opened on this machine: the browser's debugging connection. */
  readonly protocol: { readonly sentBytes: number; readonly receivedBytes: number };
  /** How late the event loop was while frames were captured. */
  readonly eventLoopDelay: { readonly p50Ms: number; readonly p99Ms: number; readonly maxMs: number };
  /** What pages were found to take, and why nothing before it; in order. */
  readonly choices: readonly ChoiceMessage[];
  /** In order. */
  readonly calls: readonly HookCall[];
  /** Starts before the first call. */
  readonly memory: readonly MemorySample[];
}

/** Measures the render of this process. To be made before anything of the renderer is loaded. */
export class RenderMeter {
  readonly #sockets: Socket[] = [];
  readonly #calls: HookCall[] = [];
  readonly #memory: MemorySample[] = [];
  readonly #choices: ChoiceMessage[] = [];
  readonly #delay = monitorEventLoopDelay({ resolution: LOOP_EVERY_MS });
  readonly #sampler: NodeJS.Timeout;

  constructor() {
    // Node's own: a message for each client socket (node:net).
    subscribe("net.client.socket", (message) => {
      this.#sockets.push((message as { socket: Socket }).socket);
    });
    subscribe(HOOK_CHANNEL, (message) => {
      const { time, durationMs } = message as HookMessage;
      this.#calls.push({ atMs: performance.now() - durationMs, hookMs: durationMs, time });
    });
    subscribe(CHOICE_CHANNEL, (message) => this.#choices.push(message as ChoiceMessage));
    const sample = () => {
      this.#memory.push({ atMs: performance.now(), rssBytes: process.memoryUsage.rss() });
    };
    sample();
    this.#sampler = setInterval(sample, MEMORY_EVERY_MS).unref();
  }

  /** The capture begins. */
  captureStarts(): void {
    forgetPeak();
    this.#delay.enable();
  }

  /** The capture is over. */
  captureEnds(): void {
    this.#delay.disable();
  }

  /** The render is over. */
  end(): RenderMeasures {
    this.captureEnds();
    clearInterval(this.#sampler);
    const { user, system } = process.cpuUsage();
    const zero = this.#calls[0]?.atMs ?? 0;
    const local = this.#sockets.filter(({ remoteAddress }) => isThisMachine(remoteAddress));
    const late = (nanoseconds: number) =>
      this.#delay.count === 0 ? 0 : Math.max(0, nanoseconds / 1e6 - LOOP_EVERY_MS);
    return {
      wallMs: performance.now(), // since the process started
      cpuMs: (user + system) / 1000,
      peakRssBytes: peakRssBytes(),
      protocol: {
        sentBytes: local.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0),
        receivedBytes: local.reduce((sum, { bytesRead }) => sum + bytesRead, 0),
      },
      eventLoopDelay: {
        p50Ms: late(this.#delay.percentile(50)),
        p99Ms: late(this.#delay.percentile(99)),
        maxMs: late(this.#delay.max),
      },
      choices: this.#choices,
      calls: this.#calls.map((call) => ({ ...call, atMs: call.atMs - zero })),
      memory: this.#memory.map(({ atMs, rssBytes }) => ({ atMs: atMs - zero, rssBytes })),
    };
  }
}

/** A socket that is closed no longer knows its other end; those of a render are the browser's. */
function isThisMachine(address: string | undefined): boolean {
  return address === undefined || /^(?:127\.|::1$|::ffff:127\.)/.test(address);
}

/**
 * Forgets the peak so far. Before it captures, the producer reads each source video whole to look for a still image (0.8.33);
 * of a long video that is more than all that comes after, and V8 may keep it for long: it is collected here. Where the system
 * cannot forget (not Linux), the peak stays that of the whole process.
 */
function forgetPeak(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  try {
    writeFileSync("/proc/self/clear_refs", "5"); // proc(5): resets the peak resident set size
  } catch {
    // See above.
  }
}

/** The peak since {@link forgetPeak}, in bytes. */
function peakRssBytes(): number {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    if (kib !== undefined) return Number(kib) * 1024;
  } catch {
    // No such file where there is no Linux.
  }
  // In KiB. Linux starts a child with its parent's peak, which is far below that of a render.
  return process.resourceUsage().maxRSS * 1024;
}
