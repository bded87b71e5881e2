const MIB = 1024 * 1024;

/** The two bounds as upstream's configuration gives them. */
export interface CacheLimitsConfig {
  /** Most entries; at least 32. Default 256. */
  readonly frameDataUriCacheLimit?: number | undefined;
  /** Most bytes of data URIs, in MiB; at least 64. Default 1500. */
  readonly frameDataUriCacheBytesLimitMb?: number | undefined;
}

/** Source: `DEFAULT_CONFIG` and the clamps of `createVideoFrameInjector` in `@hyperframes/engine` 0.8.33. */
const DEFAULT_ENTRIES = 256;
const DEFAULT_MIB = 1500;
const LEAST_ENTRIES = 32;
const LEAST_MIB = 64;

/** The bounds of the cache of a hook: upstream's defaults and upstream's floors. */
export function cacheLimits(config: CacheLimitsConfig | undefined): {
  entryLimit: number;
  bytesLimit: number;
} {
  const entries = usable(config?.frameDataUriCacheLimit, DEFAULT_ENTRIES);
  const mib = usable(config?.frameDataUriCacheBytesLimitMb, DEFAULT_MIB);
  return {
    entryLimit: Math.min(Math.floor(Math.max(LEAST_ENTRIES, entries)), 0xffff_ffff),
    bytesLimit: Math.min(Math.floor(Math.max(LEAST_MIB, mib) * MIB), Number.MAX_SAFE_INTEGER),
  };
}

/** Upstream tolerates anything here; what is no number means the default. */
function usable(value: unknown, fallback: number): number {
  return typeof value === "number" && !Number.isNaN(value) ? value : fallback;
}
