/**
 * `npm run compat [-- [producer@0.8.64 | hyperframes | ... ...] [--only swap,pictures,speed] [--pairs N] ...]`: installs published
 * versions and looks whether the drop-in fits each. Writes __test__/long/compat/results.json and the tables; docs/versions.md says how.
 */
import { parseArgs } from "node:util";
import { checkEngine } from "./check-engine.ts";
import { checkPictures } from "./check-pictures.ts";
import { checkSpeed, type SpeedOptions } from "./check-speed.ts";
import { checkSwap } from "./check-swap.ts";
import { discard, install } from "./install.ts";
import { readResults, type VersionResult, writeResult } from "./results.ts";
import { writeTable } from "./table.ts";
import { nameOf, selectTargets, type Target } from "./targets.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string", default: "swap,pictures,speed" },
    pairs: { type: "string", default: "2" },
    frames: { type: "string", default: "15" },
    captures: { type: "string", default: "beginframe,screenshot" },
    formats: { type: "string", default: "jpg,png" },
    /** Deletes what was installed. */
    discard: { type: "boolean", default: false },
    /** Leaves out versions of which the results say all that is asked for. */
    missing: { type: "boolean", default: false },
  },
});
const asked = new Set(values.only.split(","));
const speedOptions: SpeedOptions = {
  pairs: Number(values.pairs),
  frames: Number(values.frames),
  captures: values.captures.split(",") as unknown as SpeedOptions["captures"],
  formats: values.formats.split(",") as unknown as SpeedOptions["formats"],
};

let failed = false;
for (const target of await selectTargets(positionals)) {
  if (values.missing && isKnown(target)) continue;
  console.log(`\n${nameOf(target)}`);
  const result = await examine(target);
  writeTable(writeResult(result));
  report(result);
  if (values.discard) discard(target);
}
if (failed) process.exitCode = 1;

async function examine(target: Target): Promise<VersionResult> {
  let result: VersionResult = { ...target, substitutes: {} };
  try {
    const { directory, substitutes } = await install(target);
    result = { ...result, substitutes };
    const swap = await checkSwap(target, directory);
    result = { ...result, swap };
    if (target.kind === "engine") {
      if (!swap.swapped) return result;
      const { pictures, speed } = await checkEngine(
        target,
        directory,
        asked.has("speed") ? speedOptions.pairs : 0,
      );
      return { ...result, pictures, ...(speed.length > 0 ? { speed } : {}) };
    }
    if (asked.has("pictures"))
      result = { ...result, pictures: await checkPictures(target, directory, swap.swapped) };
    if (asked.has("speed") && swap.swapped)
      result = { ...result, speed: await checkSpeed(target, directory, speedOptions) };
    return result;
  } catch (error) {
    console.error(error);
    return { ...result, failure: reasonOf(error) };
  }
}

/** The first line, and of a process's last lines the error in them; without this machine's paths. */
function reasonOf(error: unknown): string {
  const [first = "", ...rest] = (error instanceof Error ? error.message : String(error)).split("\n");
  const line =
    rest.find((one) => /^\s*(?:npm error )?\w*Error: /.test(one)) ??
    rest.find((one) => /No matching version/.test(one));
  const reason = line === undefined ? first : `${first.replace(/ Its last lines:$/, "")} ${line.trim()}`;
  return reason.replaceAll(/(?:file:\/\/)?\/[^\s'"]+\/(?=[^\s'"]*)/g, "");
}

function isKnown(target: Target): boolean {
  const known = readResults().find(({ kind, version }) => kind === target.kind && version === target.version);
  return (
    known !== undefined &&
    known.failure === undefined &&
    ["swap", "pictures", "speed"].every((part) => !asked.has(part) || known[part as "swap"] !== undefined)
  );
}

function report({ swap, pictures = [], speed = [], failure }: VersionResult): void {
  if (swap !== undefined)
    console.log(`  swap: ${swap.reason ?? (swap.clip ? "yes" : "yes, without the clip")}`);
  for (const { variant, frames, differing, framesBy } of pictures) {
    console.log(`  ${variant}: ${differing} of ${frames} frames differ; ${JSON.stringify(framesBy)}`);
    if (differing > 0) failed = true;
  }
  for (const { variant, stockMs, nativeMs } of speed)
    console.log(`  ${variant}: ${stockMs} / ${nativeMs} ms`);
  if (failure === undefined) return;
  console.log(`  FAILED: ${failure}`);
  failed = true;
}
