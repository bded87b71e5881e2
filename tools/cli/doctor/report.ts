import type { Finding } from "./finding.js";
import type { Verdict } from "./verdict.js";

/** What `doctor --json` writes. */
export interface Report {
  /** Version of this package. */
  readonly version: string;
  /** The project's folder. */
  readonly project: string;
  /** What starts a render; `null` where nothing says so. */
  readonly command: readonly string[] | null;
  readonly findings: readonly Finding[];
  readonly verdict: Verdict;
}
