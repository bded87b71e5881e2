import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createLoadHook } from "../../../ts/register/load-hook.js";
import { keeps } from "../../../ts/settings.js";
import { CLIP_KEY, SWAP_KEY } from "../../../ts/upstream.js";
import type { InstalledPackage } from "../host/installed-packages.js";
import type { Rendering } from "../host/rendering-package.js";
import type { Finding } from "./finding.js";

/** A file of a package in which something would be swapped, or would have to be. */
interface FileOutcome {
  readonly file: string;
  /** Line of the swapped `createVideoFrameInjector`. */
  readonly injectorLine?: number;
  /** Line of the swapped clip of screenshots. */
  readonly clipLine?: number;
  /** Why `createVideoFrameInjector` would be left alone. */
  readonly leftAlone?: string;
}

/** Whether the package that a render would load is swapped, by which match; else those that are installed. */
export function checkRendering(rendering: Rendering, folders: readonly string[]): Finding[] {
  if (rendering.kind === "installed") return checkPackages(rendering.packages, folders);
  const { command, script } = rendering;
  const typed = `"${command.join(" ")}"${script === null ? "" : ` (script ${script})`}`;
  if (rendering.kind === "not-loaded") {
    const check = "packages";
    const details = { command, script };
    const isNpx = command[0] === "npx";
    return [
      isNpx
        ? {
            code: "COMMAND_NOT_LOADED",
            check,
            status: "fault",
            found: `${typed} loads a HyperFrames that is not on this machine yet, so nothing can be said of it.`,
            advice: `Have it fetched: ${command.map((word) => (word === "render" ? "--version" : word)).join(" ")}`,
            details,
          }
        : {
            code: "COMMAND_WITHOUT_HYPERFRAMES",
            check,
            status: "fault",
            found: `${typed} ends without having loaded HyperFrames.`,
            advice: "Give doctor the command that renders: `npx hyperframes-native doctor -- <command>`.",
            details,
          },
    ];
  }
  const { from } = rendering;
  const all = onePackage(rendering.package, `${typed} loads `, from);
  return [...all, ...noneSwapped(all)];
}

/** Which installed packages would be swapped, by which match, and which not and why. */
export function checkPackages(packages: readonly InstalledPackage[], folders: readonly string[]): Finding[] {
  if (packages.length === 0) {
    return [
      {
        code: "NO_PACKAGE",
        check: "packages",
        status: "fault",
        found: `No HyperFrames package is found from ${folders.join(" or ")}.`,
        advice:
          "Install it in the project (npm install hyperframes), or say what renders: `npx hyperframes-native doctor <project> -- <command>`.",
        details: { folders },
      },
    ];
  }
  const findings = packages.flatMap((one) => onePackage(one));
  return [...findings, ...noneSwapped(findings)];
}

function noneSwapped(findings: readonly Finding[]): Finding[] {
  if (findings.some(({ code }) => code === "PACKAGE_SWAPPED" || code === "PACKAGE_LEFT_ALONE")) return [];
  return [
    {
      code: "NO_PACKAGE_SWAPPED",
      check: "packages",
      status: "fault",
      found: "None of the packages holds createVideoFrameInjector: there is nothing to swap.",
      advice: "Update HyperFrames; versions from 0.6.121 on are known.",
    },
  ];
}

/** @param loads who loads it, before its name; @param from where it is installed, in words */
function onePackage(host: InstalledPackage, loads = "", from: string | null = null): Finding[] {
  const files = swapAll(host.directory);
  const place =
    from === null || from.startsWith(host.directory)
      ? (from ?? host.directory)
      : `${from}, ${host.directory}`;
  const title = `${loads}${host.name} ${host.version} (${place})${loads === "" ? "" : ", which"}`;
  const details = { ...host, ...(from === null ? {} : { from }), files };
  const check = "packages";
  const leftAlone = files.filter((file) => file.leftAlone !== undefined);
  if (leftAlone.length > 0) {
    const reasons = leftAlone.map(({ file, leftAlone }) => `${file}: ${leftAlone}`);
    return [
      {
        code: "PACKAGE_LEFT_ALONE",
        check,
        status: "fault",
        found: `${title} would be left alone: ${reasons.join("; ")}.`,
        advice:
          "Update hyperframes-native, or use a HyperFrames version it knows; renders by this one are upstream's own.",
        details,
      },
    ];
  }
  const swapped = files.filter(({ injectorLine }) => injectorLine !== undefined);
  if (swapped.length === 0) {
    return [
      {
        code: "PACKAGE_WITHOUT_FUNCTION",
        check,
        status: "warning",
        found: `${title} does not hold createVideoFrameInjector.`,
        advice: "Nothing to do where it renders by another of the packages; else update it.",
        details,
      },
    ];
  }
  const clips = files.filter(({ clipLine }) => clipLine !== undefined);
  const places = swapped.map(({ file, injectorLine }) => `${file}:${injectorLine}`);
  const findings: Finding[] = [
    {
      code: "PACKAGE_SWAPPED",
      check,
      status: "ok",
      brief: `${host.name} ${host.version}${from === null ? "" : `, ${from}`}`,
      found:
        `${title} would be swapped: the text of createVideoFrameInjector matches at ${places.join(", ")}` +
        `${clips.length > 0 ? `, the clip of screenshots at ${clips.map(({ file, clipLine }) => `${file}:${clipLine}`).join(", ")}` : ""}.`,
      advice: "Nothing to do.",
      details,
    },
  ];
  if (clips.length === 0 && !keeps("HYPERFRAMES_NATIVE_CLIP")) {
    findings.push({
      code: "CLIP_LEFT_ALONE",
      check,
      status: "warning",
      found: `${title} keeps the clip of its screenshots: its text is of a shape that is not known.`,
      advice:
        "BeginFrame capture does not mind; screenshots decode no frame ahead. Update hyperframes-native.",
      details,
    });
  }
  return findings;
}

/** Gives every module of a package to the load hook that a render has, and sees what it makes of it. */
function swapAll(directory: string): FileOutcome[] {
  const outcomes: FileOutcome[] = [];
  let leftAlone: string | undefined;
  const load = createLoadHook({
    swapsClip: !keeps("HYPERFRAMES_NATIVE_CLIP"),
    onRecord: ({ reason }) => {
      leftAlone = reason;
    },
  });
  for (const file of modulesOf(directory)) {
    const path = join(directory, file);
    const source = readFileSync(path);
    leftAlone = undefined;
    const context = { conditions: [], format: "module", importAttributes: {} };
    const loaded = load(pathToFileURL(path).href, context, () => ({ format: "module", source }));
    if (loaded.source === source && leftAlone === undefined) continue;
    const text = loaded.source as Buffer;
    const injectorLine = lineOf(text, SWAP_KEY);
    const clipLine = lineOf(text, CLIP_KEY);
    outcomes.push({
      file: file.replaceAll("\\", "/"),
      ...(injectorLine === undefined ? {} : { injectorLine }),
      ...(clipLine === undefined ? {} : { clipLine }),
      ...(leftAlone === undefined ? {} : { leftAlone }),
    });
  }
  return outcomes;
}

function modulesOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.m?js$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .filter((file) => !/(?:^|[\\/])node_modules[\\/]/.test(file))
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
