// Faults of the native side on purpose. The addon that ships has none: `npm run build:faults` builds another one, for tests.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FOLDER = new URL("../../target/faults/", import.meta.url);

/** The addon with faults; the sanitizer's own where `npm run test:asan` says so. */
export function faultBuild(): string {
  const named = process.env.HYPERFRAMES_NATIVE_TEST_FAULT_BUILD;
  if (named !== undefined) return named;
  const prefix = `hyperframes-native.${process.platform}-${process.arch}`;
  const built = names().find((name) => name.startsWith(prefix) && name.endsWith(".node"));
  if (built === undefined) throw new Error("There is no build with faults. Run: npm run build:faults");
  return fileURLToPath(new URL(built, FOLDER));
}

function names(): string[] {
  try {
    return readdirSync(FOLDER);
  } catch {
    return [];
  }
}

/** What is to go wrong: the point that panics, or what becomes of the frame server. */
export interface Faults {
  readonly panic?: string;
  readonly server?: string;
}

/** Variables for a process whose native side has these faults; files called `.hf-panic` and `.hf-wait` have theirs in any case. */
export function withFaults({ panic, server }: Faults = {}): Record<string, string> {
  return {
    NAPI_RS_NATIVE_LIBRARY_PATH: faultBuild(),
    HYPERFRAMES_NATIVE_FAULTS: "1",
    ...(panic !== undefined && { HYPERFRAMES_NATIVE_FAULT_PANIC: panic }),
    ...(server !== undefined && { HYPERFRAMES_NATIVE_FAULT_SERVER: server }),
  };
}
