// What is known of each version; kept in the repository, so that a run for one version leaves the others' rows.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "../../support/paths.ts";
import type { Substitutes } from "./install.ts";
import { compareVersions, type Kind, PACKAGE_NAMES, type Target } from "./targets.ts";

/** What `hyperframes-native doctor` says of the package, which asks the load hook itself. */
export interface SwapOutcome {
  readonly swapped: boolean;
  readonly clip: boolean;
  /** Why it is left alone. */
  readonly reason: string | null;
}

/** One pair of renders, or of screenshots, compared frame by frame. */
export interface PicturesOutcome {
  /** `clips, beginframe, jpg`. */
  readonly variant: string;
  readonly frames: number;
  readonly differing: number;
  /** How frames reached the page, by transport. */
  readonly framesBy: Readonly<Record<string, number>>;
}

/** Stock divided by native, of each pair. */
export interface SpeedOutcome {
  readonly variant: string;
  readonly stockMs: readonly number[];
  readonly nativeMs: readonly number[];
}

export interface VersionResult extends Target {
  readonly substitutes: Substitutes;
  readonly swap?: SwapOutcome;
  readonly pictures?: readonly PicturesOutcome[];
  readonly speed?: readonly SpeedOutcome[];
  /** Why it could not be installed or run; the first line. */
  readonly failure?: string;
}

const FILE = path.join(root, "__test__", "long", "compat", "results.json");

export function readResults(): VersionResult[] {
  return existsSync(FILE) ? JSON.parse(readFileSync(FILE, "utf8")) : [];
}

/** Puts in what was found of a version; what was not looked at stays. */
export function writeResult(result: VersionResult): VersionResult[] {
  const results = readResults();
  const before = results.find(({ kind, version }) => kind === result.kind && version === result.version);
  const { failure: _, ...known } = before ?? {};
  const others = results.filter((other) => other !== before);
  const kinds = Object.keys(PACKAGE_NAMES) as Kind[];
  const all = [...others, { ...known, ...result }].toSorted(
    (a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || compareVersions(a.version, b.version),
  );
  writeFileSync(FILE, `[\n${all.map((one) => JSON.stringify(one)).join(",\n")}\n]\n`);
  return all;
}
