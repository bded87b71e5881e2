import { resolve } from "node:path";
import { statisticsFile } from "../../../ts/settings.js";
import { whyUnwritable } from "../../../ts/telemetry/process-report.js";
import type { Finding } from "./finding.js";

/** Whether the file that `HYPERFRAMES_NATIVE_STATS` names can be written; nothing where it names none. */
export function checkStatsPath(name = statisticsFile()): Finding[] {
  if (!name) return [];
  const file = resolve(name);
  const check = "stats";
  const reason = whyUnwritable(file);
  if (reason !== undefined) {
    return [
      {
        code: "STATS_UNWRITABLE",
        check,
        status: "warning",
        found: `HYPERFRAMES_NATIVE_STATS=${name} cannot be written: ${reason}.`,
        advice: "Name a file in a folder that exists and that this user may write to.",
        details: { file, reason },
      },
    ];
  }
  const found = `The statistics go to ${file}.`;
  return [
    {
      code: "STATS_WRITABLE",
      check,
      status: "ok",
      brief: file,
      found,
      advice: "Nothing to do.",
      details: { file },
    },
  ];
}
