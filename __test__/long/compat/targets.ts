// Published versions of the packages that carry `createVideoFrameInjector`.
import { runProgram } from "../../../dist/tools/bench/ffmpeg.js";

export type Kind = "producer" | "engine" | "cli";

/** One published version of one package. */
export interface Target {
  readonly kind: Kind;
  readonly version: string;
}

/** In the order of the table. */
export const PACKAGE_NAMES: Readonly<Record<Kind, string>> = {
  producer: "@hyperframes/producer",
  engine: "@hyperframes/engine",
  cli: "hyperframes",
};

/** The oldest version that this package is made for. */
const OLDEST = "0.6.121";

export const npm = process.platform === "win32" ? "npm.cmd" : "npm";

/** `producer@0.8.64`, as one types it. */
export function nameOf({ kind, version }: Target): string {
  return `${kind === "cli" ? "hyperframes" : kind}@${version}`;
}

/** Versions by their numbers; none of the published ones has a suffix. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number));
  for (const [index, number] of (left ?? []).entries()) {
    const difference = number - (right?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** What the registry has of a package, oldest first. */
export async function publishedVersions(name: string): Promise<string[]> {
  const versions: string | string[] = JSON.parse(await runProgram(npm, ["view", name, "versions", "--json"]));
  return [versions].flat().toSorted(compareVersions);
}

/**
 * The targets that words name: `producer@0.8.64`, or `producer` for all of its versions from {@link OLDEST} on; without words,
 * those of all three packages.
 */
export async function selectTargets(words: readonly string[]): Promise<Target[]> {
  const selected: Target[] = [];
  for (const word of words.length > 0 ? words : ["producer", "engine", "hyperframes"]) {
    const [, name = "", version] = /^(?:@hyperframes\/)?([a-z]+)(?:@(.+))?$/.exec(word) ?? [];
    const kind = name === "hyperframes" ? "cli" : name;
    if (kind !== "producer" && kind !== "engine" && kind !== "cli") {
      throw new Error(`${word}: name producer, engine or hyperframes, with @version or without`);
    }
    if (version !== undefined) {
      selected.push({ kind, version });
      continue;
    }
    const versions = await publishedVersions(PACKAGE_NAMES[kind]);
    for (const one of versions) if (compareVersions(one, OLDEST) >= 0) selected.push({ kind, version: one });
  }
  return selected;
}
