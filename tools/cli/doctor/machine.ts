/** What a render meets on this machine: the environment, the native binary, the runtime, ffmpeg and memory. */
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { binaryPackage, binaryTarget } from "../../../ts/native/binary-target.js";
import {
  cacheLimits,
  decodedLimit,
  defaultMib,
  type Memory,
  processMemory,
} from "../../../ts/native/limits.js";
import { isSwitchedOff, KEEP_SWITCHES, keeps, statisticsFile, wrongVariables } from "../../../ts/settings.js";
import { whyUnwritable } from "../../../ts/telemetry/process-report.js";
import { SWAP_KEY } from "../../../ts/upstream.js";
import { ffmpegPlaces, ffmpegProgram } from "../../bench/ffmpeg.js";
import type { Runtime } from "../host/runtime.js";
import { type Finding, finding, reasonOf } from "./findings.js";

/** What it costs to keep what a variable keeps. */
const KEPT = { HYPERFRAMES_NATIVE_CLIP: "CLIP_KEPT", HYPERFRAMES_NATIVE_MEDIA: "MEDIA_KEPT" } as const;

/** The environment variables of this package: what switches the drop-in off, and what means nothing to it. */
export function checkSwitches(): Finding[] {
  const { env } = process;
  const set = Object.fromEntries(
    Object.entries(env).filter(([name]) => name.startsWith("HYPERFRAMES_NATIVE")),
  );
  // What `register` leaves in a process that it is on in; this one is started as renders from here are.
  const isHere = Object.hasOwn(globalThis, Symbol.for(SWAP_KEY));
  return [
    isSwitchedOff()
      ? finding("SWITCHED_OFF", { value: env.HYPERFRAMES_NATIVE }, set)
      : finding("SWITCHED_ON", { isHere }, { ...set, NODE_OPTIONS: env.NODE_OPTIONS ?? null, isHere }),
    ...wrongVariables(env).map((wrong) => finding("SWITCH_UNKNOWN", wrong)),
    ...KEEP_SWITCHES.filter(keeps).map((name) => finding(KEPT[name], { value: env[name] })),
  ];
}

/** Whether the file that `HYPERFRAMES_NATIVE_STATS` names can be written; nothing where it names none. */
export function checkStatsFile(): Finding[] {
  const name = statisticsFile();
  if (name === undefined) return [];
  const file = resolve(name);
  const reason = whyUnwritable(file);
  if (reason === undefined) return [finding("STATS_WRITABLE", { file }, { file })];
  return [finding("STATS_UNWRITABLE", { name, reason }, { file, reason })];
}

/** Whether the native binary of this platform is there and loads. */
export async function checkBinary(): Promise<Finding> {
  const target = binaryTarget();
  const about = { ...target, package: binaryPackage(target.name) };
  try {
    await import("#binding");
  } catch (error) {
    return notLoaded(error, about);
  }
  // The loader's `require` and this one share their cache.
  const loaded = Object.keys(createRequire(import.meta.url).cache);
  const details = { ...about, file: loaded.find((path) => path.endsWith(".node")) ?? null };
  return finding("BINARY_LOADS", details, details);
}

function notLoaded(error: unknown, about: ReturnType<typeof binaryTarget> & { package: string }): Finding {
  // The loader's own message first, then one for each file and package that it tried.
  const reasons: string[] = [];
  for (let next: unknown = error; next instanceof Error; next = next.cause) reasons.push(next.message);
  // All the loader says of a file or package that is not there; anything else was there and failed.
  const broken = reasons
    .slice(1)
    .find((reason) => !/^(?:Cannot find (?:module|package)|Unsupported )/.test(reason));
  const override = process.env.NAPI_RS_NATIVE_LIBRARY_PATH;
  const platform = `${about.platform} on ${about.arch}${about.libc === null ? "" : `, ${about.libc}`}`;
  const facts = { name: about.name, package: about.package, platform, override };
  const details = { ...about, override: override ?? null, reasons };
  return broken === undefined
    ? finding("BINARY_MISSING", facts, details)
    : finding("BINARY_BROKEN", { ...facts, reason: broken.split("\n", 1)[0] ?? "" }, details);
}

/** Whether a runtime has what the swap is made with: Node's load hook, or Bun's plugins. */
export function checkRuntime(runtime: Runtime): Finding {
  const code =
    runtime.has === "plugins"
      ? "RUNTIME_HAS_PLUGINS"
      : runtime.has === "hooks"
        ? "RUNTIME_HAS_HOOKS"
        : "RUNTIME_WITHOUT_HOOKS";
  return finding(code, runtime, runtime);
}

const LONGEST_FFMPEG_MS = 10_000;

/** Whether the ffmpeg that HyperFrames would take starts, and its version. */
export async function checkFfmpeg(places = ffmpegPlaces()): Promise<Finding> {
  const program = ffmpegProgram(places);
  try {
    const { stdout } = await promisify(execFile)(program, ["-version"], {
      timeout: LONGEST_FFMPEG_MS,
      env: { ...process.env, PATH: places.path },
    });
    const details = { program, version: stdout.split("\n", 1)[0]?.trim() ?? "" };
    return finding("FFMPEG_STARTS", details, details);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT")
      return finding("FFMPEG_BROKEN", { program, reason: reasonOf(error) }, { program });
    return finding("FFMPEG_MISSING", { configured: places.configured }, { tried: program });
  }
}

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** Below it Chrome halves what it decodes ahead (docs/transports.md), and upstream keeps to its smallest caches. */
const SMALL_BYTES = 4 * GIB;

/** What there is of memory, and what becomes of the two budgets with it. */
export function checkMemory(memory: Memory = processMemory()): Finding {
  const { total, free } = memory;
  // Without a limit Node gives 0, or more than any machine has.
  const allowed = memory.allowed > 0 && memory.allowed < total ? memory.allowed : null;
  const cacheBytes = cacheLimits(undefined, defaultMib(memory)).bytesLimit;
  const decodedBytes = decodedLimit(total);
  const sizes = {
    total: size(total),
    allowed: allowed === null ? null : size(allowed),
    free: size(free),
    cache: size(cacheBytes),
    decoded: size(decodedBytes),
  };
  const code = (allowed ?? total) < SMALL_BYTES ? "MEMORY_SMALL" : "MEMORY_ENOUGH";
  return finding(code, sizes, { total, allowed, free, cacheBytes, decodedBytes });
}

function size(bytes: number): string {
  return bytes >= 10 * GIB
    ? `${Math.round(bytes / GIB)} GiB`
    : bytes >= GIB
      ? `${(bytes / GIB).toFixed(1)} GiB`
      : `${Math.round(bytes / MIB)} MiB`;
}
