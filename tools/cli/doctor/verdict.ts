import type { Finding, FindingCode } from "./finding.js";

/** Findings with which a render goes upstream's own way, or with which nobody can say whether it does. */
const STOPS_THE_SWAP: ReadonlySet<FindingCode> = new Set<FindingCode>([
  "SWITCHED_OFF",
  "BINARY_MISSING",
  "BINARY_BROKEN",
  "RUNTIME_WITHOUT_HOOKS",
  "COMMAND_NOT_LOADED",
  "COMMAND_WITHOUT_HYPERFRAMES",
  "NO_PACKAGE",
  "NO_PACKAGE_SWAPPED",
  // Whatever other packages are swapped: a render by this one would not be, and nobody would see why.
  "PACKAGE_LEFT_ALONE",
]);

/** Findings with which there is no render, with the drop-in or without it, or none that shows a video. */
export const STOPS_THE_RENDER: ReadonlySet<FindingCode> = new Set<FindingCode>([
  "CHROME_MISSING",
  "CHROME_PATH_WRONG",
  "CHROME_DOES_NOT_START",
  "PAGE_SHOWS_NO_FRAME",
  "FFMPEG_MISSING",
  "FFMPEG_BROKEN",
]);

/** What all findings come to. */
export interface Verdict {
  /** Whether a render that is started with the drop-in is swapped. */
  readonly swap: boolean;
  /** Whether there is a render at all. */
  readonly render: boolean;
  /** Codes of the findings that stop one of the two. */
  readonly because: readonly FindingCode[];
  readonly warnings: number;
  readonly faults: number;
  /** Of the process: 0 where renders work and are swapped, else 1. */
  readonly exitStatus: 0 | 1;
}

/** Sums up the findings. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  // A check that could not be made says nothing, and nothing is not "yes".
  const failed = findings.filter(({ code }) => code === "CHECK_FAILED");
  const stops = (codes: ReadonlySet<FindingCode>, checks: readonly string[]) =>
    findings.some(({ code }) => codes.has(code)) || failed.some(({ check }) => checks.includes(check));
  const swap = !stops(STOPS_THE_SWAP, ["switches", "binary", "runtime", "packages"]);
  const render = !stops(STOPS_THE_RENDER, ["chrome", "page", "ffmpeg"]);
  const because = findings
    .map(({ code }) => code)
    .filter((code) => STOPS_THE_SWAP.has(code) || STOPS_THE_RENDER.has(code) || code === "CHECK_FAILED");
  return {
    swap,
    render,
    because: Array.from(new Set(because)),
    warnings: findings.filter(({ status }) => status === "warning").length,
    faults: findings.filter(({ status }) => status === "fault").length,
    exitStatus: because.length === 0 ? 0 : 1,
  };
}
