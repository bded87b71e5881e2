/** Which HyperFrames packages would be swapped. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createLoadHook } from "../../../ts/register/load-hook.js";
import type { UpstreamPackage } from "../../../ts/register/upstream-package.js";
import { keeps } from "../../../ts/settings.js";
import { CLIP_KEY, SWAP_KEY } from "../../../ts/upstream.js";
import type { Rendering } from "../host/rendering-package.js";
import { type Finding, finding } from "./findings.js";

/** Whether the package that a render would load is swapped, by which match; else those that are installed. */
export function checkRendering(rendering: Rendering, folders: readonly string[]): Finding[] {
  if (rendering.kind === "installed") return checkPackages(rendering.packages, folders);
  const { command, script } = rendering;
  const typed = `"${command.join(" ")}"${script === null ? "" : ` (script ${script})`}`;
  if (rendering.kind === "not-loaded") {
    const code = command[0] === "npx" ? "COMMAND_NOT_LOADED" : "COMMAND_WITHOUT_HYPERFRAMES";
    return [finding(code, { typed, command }, { command, script })];
  }
  return unlessNone(checkPackage(rendering.package, { typed, from: rendering.from }));
}

/** Which installed packages would be swapped, by which match, and which not and why. */
export function checkPackages(packages: readonly UpstreamPackage[], folders: readonly string[]): Finding[] {
  if (packages.length === 0) return [finding("NO_PACKAGE", { folders }, { folders })];
  return unlessNone(packages.flatMap((one) => checkPackage(one)));
}

/** Adds a fault where no package holds the function. */
function unlessNone(findings: readonly Finding[]): Finding[] {
  const holds = findings.some(({ code }) => code === "PACKAGE_SWAPPED" || code === "PACKAGE_LEFT_ALONE");
  return holds ? [...findings] : [...findings, finding("NO_PACKAGE_SWAPPED", {})];
}

/** @param loaded the command that loads the package, and where that is installed, in words */
function checkPackage(
  host: UpstreamPackage,
  loaded?: { readonly typed: string; readonly from: string },
): Finding[] {
  const { name, version, directory } = host;
  const from = loaded?.from;
  const place = from === undefined ? directory : from.startsWith(directory) ? from : `${from}, ${directory}`;
  const named = `${name} ${version} (${place})`;
  const title = loaded === undefined ? named : `${loaded.typed} loads ${named}, which`;
  const files = swapAll(directory);
  const details = { ...host, ...(from !== undefined && { from }), files };
  const lines = (key: "injectorLine" | "clipLine") =>
    files.flatMap((one) => (one[key] === undefined ? [] : [`${one.file}:${one[key]}`])).join(", ");
  const reasons = files.flatMap(({ file, leftAlone }) =>
    leftAlone === undefined ? [] : [`${file}: ${leftAlone}`],
  );
  if (reasons.length > 0)
    return [finding("PACKAGE_LEFT_ALONE", { title, reasons: reasons.join("; ") }, details)];
  const [injectors, clips] = [lines("injectorLine"), lines("clipLine")];
  if (injectors === "") return [finding("PACKAGE_WITHOUT_FUNCTION", { title }, details)];
  const brief = `${name} ${version}${from === undefined ? "" : `, ${from}`}`;
  const swapped = finding("PACKAGE_SWAPPED", { title, brief, injectors, clips }, details);
  if (clips !== "" || keeps("HYPERFRAMES_NATIVE_CLIP")) return [swapped];
  return [swapped, finding("CLIP_LEFT_ALONE", { title }, details)];
}

/** A file of a package in which something would be swapped, or would have to be. */
interface FileOutcome {
  readonly file: string;
  /** Line of the swapped `createVideoFrameInjector`. */
  readonly injectorLine: number | undefined;
  /** Line of the swapped clip of screenshots. */
  readonly clipLine: number | undefined;
  /** Why `createVideoFrameInjector` would be left alone. */
  readonly leftAlone: string | undefined;
}

/** Gives every module of a package to the load hook that a render has, and sees what it makes of it. */
function swapAll(directory: string): FileOutcome[] {
  const outcomes: FileOutcome[] = [];
  let leftAlone: string | undefined;
  const load = createLoadHook({
    onRecord: ({ reason }) => {
      leftAlone = reason;
    },
  });
  for (const path of modulesOf(directory)) {
    const source = readFileSync(path);
    leftAlone = undefined;
    const context = { conditions: [], format: "module", importAttributes: {} };
    const loaded = load(pathToFileURL(path).href, context, () => ({ format: "module", source }));
    if (loaded.source === source && leftAlone === undefined) continue;
    const text = loaded.source as Buffer;
    const [injectorLine, clipLine] = [lineOf(text, SWAP_KEY), lineOf(text, CLIP_KEY)];
    const file = path.slice(directory.length + 1).replaceAll("\\", "/");
    outcomes.push({ file, injectorLine, clipLine, leftAlone });
  }
  return outcomes;
}

function modulesOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.m?js$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/[\\/]node_modules[\\/]/.test(path.slice(directory.length)))
    .sort();
}

/** Where the swap put `key`. It keeps the lines of the text, so this is the line of the file as well. */
function lineOf(text: Buffer, key: string): number | undefined {
  const at = text.indexOf(key);
  if (at < 0) return undefined;
  let line = 1;
  for (let end = text.indexOf(10); end >= 0 && end < at; end = text.indexOf(10, end + 1)) line++;
  return line;
}
