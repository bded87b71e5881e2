import { readdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import { nearest } from "../../../ts/settings.js";
import { scriptsOf } from "../host/project.js";
import { projectPrograms } from "./drop-in-environment.js";
import type { StartFailure } from "./find-command.js";

/** The shells' own codes. */
const EXIT_CODES: Readonly<Record<StartFailure, number>> = {
  missing: 127,
  folder: 126,
  "not-executable": 126,
};

/** Says why the command was not started and what to type instead; sets the exit code. */
export function notStarted(command: readonly string[], failure: StartFailure): void {
  process.exitCode = EXIT_CODES[failure];
  const [name = ""] = command;
  console.error([`hyperframes-native: ${WHAT[failure](name)}`, ...instead(command, failure)].join("\n"));
}

const WHAT: Readonly<Record<StartFailure, (name: string) => string>> = {
  missing: (name) =>
    name.includes("/") ? `there is no file ${name}.` : `there is no command ${name === "" ? "''" : name}.`,
  folder: (name) => `${name} is a folder, no command.`,
  "not-executable": (name) => `${name} is a file that this user must not run as a program.`,
};

function instead([name = "", ...args]: readonly string[], failure: StartFailure): readonly string[] {
  if (failure === "folder" || name === "") return [];
  if (failure === "not-executable") {
    return /\.[cm]?[jt]s$/.test(name) ? [type("node", name, ...args)] : [`Type:  chmod +x ${shown([name])}`];
  }
  if (name.includes("/")) {
    const file = nearest(basename(name), entriesOf(dirname(name)));
    return file === undefined ? [] : [type(name.slice(0, -basename(name).length) + file, ...args)];
  }
  const scripts = scriptsOf(process.cwd());
  const script = (one: string) => type("npm", "run", one, ...(args.length > 0 ? ["--", ...args] : []));
  if (Object.hasOwn(scripts, name)) return [script(name)];
  if (name === "hyperframes") {
    // The scaffold of `hyperframes init` installs nothing: its scripts fetch one version.
    const version = /\bhyperframes@[\w.-]+/.exec(Object.values(scripts).join("\n"))?.[0];
    return [
      "It is installed neither in this folder nor for all of them; npx fetches it.",
      type("npx", ...(version === undefined ? [name] : ["--yes", version]), ...args),
    ];
  }
  const programs = projectPrograms(process.cwd()).flatMap(entriesOf);
  const meant = nearest(name, ["hyperframes", ...Object.keys(scripts), ...programs]);
  if (meant !== undefined) return [Object.hasOwn(scripts, meant) ? script(meant) : type(meant, ...args)];
  return ["A command of a package that is not installed here starts with npx.", type("npx", name, ...args)];
}

function type(...command: readonly string[]): string {
  return `Type:  npx hyperframes-native run -- ${shown(command)}`;
}

/** A command as a shell takes it. */
function shown(command: readonly string[]): string {
  return command
    .map((part) => (/^[\w@%+=:,./-]+$/.test(part) ? part : `'${part.replaceAll("'", `'\\''`)}'`))
    .join(" ");
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // there is none
  }
}
