/**
 * `npm run bench:cache`: 64 frames of 3 MB through upstream's cache and through ours, alternating, each round with a
 * fresh cache: how long the main thread is busy, and how long until all 64 data URIs are there.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { FrameCache } from "hyperframes-native";
import { type Spread, show, spread } from "../../dist/tools/bench/spread.js";
import { mainThreadMs } from "./main-thread-time.ts";

const FRAMES = 64;
const FRAME_BYTES = 3 * 1024 * 1024;
const ROUNDS = 9;
const LIMITS = { entryLimit: 256, bytesLimit: 1500 * 1024 * 1024 };

interface Cache {
  get(path: string): Promise<string>;
}

interface UpstreamModule {
  readonly __testing: { createFrameSourceCache(entries: number, bytes: number): Cache };
}

const folder = mkdtempSync(join(tmpdir(), "hfn-bench-"));
try {
  const paths = writeFrames();
  // Not exported by the package: the file itself is what upstream's own test imports.
  const file = new URL("services/videoFrameInjector.js", import.meta.resolve("@hyperframes/engine"));
  const { __testing: upstream } = (await import(file.href)) as UpstreamModule;
  const makers: Record<string, () => Cache> = {
    upstream: () => upstream.createFrameSourceCache(LIMITS.entryLimit, LIMITS.bytesLimit),
    native: () => new FrameCache(LIMITS),
  };
  const busy: Record<string, number[]> = { upstream: [], native: [] };
  const wall: Record<string, number[]> = { upstream: [], native: [] };
  for (let round = -1; round < ROUNDS; round++) {
    for (const [name, make] of Object.entries(makers)) {
      const measured = await measure(make(), paths);
      if (round < 0) continue; // the warm-up
      busy[name]?.push(measured.busyMs);
      wall[name]?.push(measured.wallMs);
    }
  }
  const of = (values: Record<string, number[]>, name: string): Spread => spread(values[name] ?? []);
  const pairs = (busy.native ?? []).map((ms, n) => ms / (busy.upstream?.[n] ?? Number.NaN));
  console.log(
    `${FRAMES} frames of ${FRAME_BYTES / 1024 / 1024} MiB, ${ROUNDS} alternating rounds; median (min to max)`,
  );
  console.log(
    `main thread busy, ms:  upstream ${show(of(busy, "upstream"))}   native ${show(of(busy, "native"))}`,
  );
  console.log(
    `until all are there, ms: upstream ${show(of(wall, "upstream"))}   native ${show(of(wall, "native"))}`,
  );
  console.log(`native / upstream, main thread, pair by pair: ${show(spread(pairs), 3)} (aim: at most 0.1)`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function writeFrames(): string[] {
  return Array.from({ length: FRAMES }, (_, n) => {
    const bytes = Buffer.alloc(FRAME_BYTES, n + 1);
    bytes.writeUInt32BE(0xffd8ffe0, 0);
    bytes.writeUInt16BE(0xffd9, FRAME_BYTES - 2);
    const path = join(folder, `frame_${String(n).padStart(5, "0")}.jpg`);
    writeFileSync(path, bytes);
    return path;
  });
}

async function measure(cache: Cache, paths: readonly string[]): Promise<{ busyMs: number; wallMs: number }> {
  globalThis.gc?.(); // what the round before left behind is not this round's cost
  await sleep(50);
  const wallStart = performance.now();
  const busyStart = mainThreadMs();
  const uris = await Promise.all(paths.map((path) => cache.get(path)));
  const busyMs = mainThreadMs() - busyStart;
  const wallMs = performance.now() - wallStart;
  if (uris.some((uri) => uri.length < FRAME_BYTES)) throw new Error("a frame is missing");
  return { busyMs, wallMs };
}
