import { freemem, totalmem } from "node:os";

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** The bounds of a frame cache as upstream's configuration gives them. */
export interface CacheLimitsConfig {
  /** Makes a frame that is not a whole picture an error; by default it is passed on with one warning. */
  readonly strictFrames?: boolean | undefined;
  /** Most entries; at least 32. Default 256. */
  readonly frameDataUriCacheLimit?: number | undefined;
  /** Most bytes of data URIs, in MiB; at least 64. Default: an eighth of the memory that is free, at most 1500. */
  readonly frameDataUriCacheBytesLimitMb?: number | undefined;
}

/** Source: `DEFAULT_CONFIG` and the clamps of `createVideoFrameInjector` in `@hyperframes/engine` 0.8.33. */
const DEFAULT_ENTRIES = 256;
const MOST_DEFAULT_MIB = 1500;
const LEAST_ENTRIES = 32;
const LEAST_MIB = 64;

/**
 * Part of the free memory that the frames may take where nobody says how much. A linear render asks for each frame once, so
 * there is little to win; Chrome and ffmpeg want the rest.
 */
const PART_OF_FREE = 1 / 8;

/** The bounds of a frame cache. Caches with equal ones share one budget. */
export interface CacheLimits {
  readonly entryLimit: number;
  readonly bytesLimit: number;
  /** Whether frames that are not whole pictures are errors. */
  readonly strict: boolean;
}

/** What tells the budgets of a process apart. */
export function budgetName({ entryLimit, bytesLimit, strict }: CacheLimits): string {
  return `${entryLimit}/${bytesLimit}${strict ? "/strict" : ""}`;
}

/** The bounds of the cache of a hook: upstream's floors, and the user's wish or what the machine has. */
export function cacheLimits(
  config: CacheLimitsConfig | undefined,
  defaultMib: number = machineDefaultMib(),
): CacheLimits {
  const entries = usable(config?.frameDataUriCacheLimit, DEFAULT_ENTRIES);
  const mib = usable(config?.frameDataUriCacheBytesLimitMb, defaultMib);
  return {
    entryLimit: Math.min(Math.floor(Math.max(LEAST_ENTRIES, entries)), 0xffff_ffff),
    bytesLimit: Math.min(Math.floor(Math.max(LEAST_MIB, mib) * MIB), Number.MAX_SAFE_INTEGER),
    strict: config?.strictFrames === true,
  };
}

/** Memory of a machine, in bytes. */
export interface Memory {
  readonly total: number;
  /** Most that the process may have (a cgroup's limit); as large as one likes where there is none. */
  readonly allowed: number;
  readonly free: number;
}

/** The default bound in MiB. */
export function defaultMib({ total, allowed, free }: Memory): number {
  const limit = Math.min(total, allowed > 0 ? allowed : total);
  // In a cgroup the files that the system holds in memory count as used, although it gives them up (libuv,
  // uv_get_available_memory): after an extraction nothing would seem to be free.
  const usableBytes = Math.max(Math.min(free, limit), limit / 4);
  const mib = Math.floor((usableBytes * PART_OF_FREE) / MIB);
  return Math.min(MOST_DEFAULT_MIB, Math.max(LEAST_MIB, mib));
}

let found: number | undefined;

/** Looked at once: hooks with equal bounds share one budget, and what is free changes all the time. */
function machineDefaultMib(): number {
  found ??= defaultMib(processMemory());
  return found;
}

/** Memory of this machine; cgroups of both versions count. */
export function processMemory(): Memory {
  const total = totalmem();
  // Node's, since 22.0; Bun has not all of them.
  const { constrainedMemory, availableMemory } = process as Partial<typeof process>;
  return { total, allowed: constrainedMemory?.() ?? total, free: availableMemory?.() ?? freemem() };
}

/** Upstream tolerates anything here; a value that is no number means the default. */
function usable(value: unknown, fallback: number): number {
  return typeof value === "number" && !Number.isNaN(value) ? value : fallback;
}

/**
 * Most bytes of decoded pictures, shown and ahead. Chrome locks what is decoded ahead within a budget of 256 MB on
 * machines with 4 GB of memory or more, and 128 MB below; beyond it a decode is done for nothing. Some is left for the
 * other images of a composition. Source: measured with Chromium 156, docs/transports.md.
 */
export function decodedLimit(totalBytes = totalmem()): number {
  return (totalBytes >= 4 * GIB ? 224 : 96) * MIB;
}

let ownDecodedLimit: number | undefined;

/** Whether Chrome keeps pictures decoded that take so many bytes together: see {@link decodedLimit}. */
export function staysDecoded(bytes: number): boolean {
  // Looked at once: it is asked for each picture of a step, and the machine's memory is read from a file.
  ownDecodedLimit ??= decodedLimit();
  return bytes <= ownDecodedLimit;
}
