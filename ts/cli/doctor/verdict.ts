import type { Finding, FindingCode } from "./finding.js";

/** Findings with which a render goes upstream's own way. */
const STOPS_THE_SWAP: ReadonlySet<FindingCode> = new Set<FindingCode>([
  "SWITCHED_OFF",
  "BINARY_MISSING",
  "BINARY_BROKEN",
  "RUNTIME_WITHOUT_HOOKS",
  "NO_PACKAGE",
  "NO_PACKAGE_SWAPPED",
  // Whatever other packages are swapped: a render by this one would not be, and nobody would see why.
  "PACKAGE_LEFT_ALONE",
]);

/** What all findings come to. */
export interface Verdict {
  /** Whether a render that is started with the drop-in is swapped. */
  readonly swap: boolean;
  /** Codes of the findings that stop it. */
  readonly because: readonly FindingCode[];
  readonly warnings: number;
  readonly faults: number;
  /** Of the process: 1 where the swap would not happen, else 0. */
  readonly exitStatus: 0 | 1;
}

/** Sums up the findings. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  const because = findings.map(({ code }) => code).filter((code) => STOPS_THE_SWAP.has(code));
  // A check that could not be made says nothing about the swap, and nothing is not "yes".
  const unknown = findings.some(
    ({ code, check }) =>
      code === "CHECK_FAILED" && ["switches", "binary", "runtime", "packages"].includes(check),
  );
  const swap = because.length === 0 && !unknown;
  return {
    swap,
    because: unknown ? [...because, "CHECK_FAILED"] : because,
    warnings: findings.filter(({ status }) => status === "warning").length,
    faults: findings.filter(({ status }) => status === "fault").length,
    exitStatus: swap ? 0 : 1,
  };
}
