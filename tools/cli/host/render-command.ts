import { readFileSync } from "node:fs";
import { join } from "node:path";

/** How a project is rendered. */
export interface RenderCommand {
  readonly command: readonly string[];
  /** The script of the project's manifest that says so; `null` where nothing does. */
  readonly script: string | null;
}

/** What a command that brings HyperFrames begins with. */
const BEGINNING = /^(?:npx|bunx|npm|pnpm|yarn|bun|hyperframes)$/;

const RENDERS = /(?:^|\s)hyperframes(?:@\S+)?\s+render(?:\s|$)/;

/** What only a shell understands. */
const SHELL = /["'`$\\<>*?(){}]/;

/**
 * The command by which the project's own scripts render; the scaffold of `hyperframes init` has `npx --yes hyperframes@<version> render`.
 * `undefined` where no script does it in plain words.
 */
export function renderScript(project: string): RenderCommand | undefined {
  const scripts = scriptsOf(project);
  const names = ["render", ...Object.keys(scripts).filter((name) => name !== "render")];
  for (const script of names) {
    const command = commandIn(scripts[script] ?? "");
    if (command !== undefined) return { command, script };
  }
  return undefined;
}

function commandIn(script: string): readonly string[] | undefined {
  const part = script.split(/&&|\|\||[;|&\n]/).find((one) => RENDERS.test(one));
  if (part === undefined || SHELL.test(part)) return undefined;
  // Behind the drop-in stands the command that it goes into.
  const plain = part.replace(/^.*\bhyperframes-native\s+run\s+(?:--\s+)?/, "");
  const words = plain.trim().split(/\s+/);
  // What stands before it are variables.
  const start = words.findIndex((word) => BEGINNING.test(word));
  return start < 0 ? undefined : words.slice(start);
}

/** The scripts of the project's manifest. */
export function scriptsOf(project: string): Readonly<Record<string, string>> {
  try {
    const { scripts } = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));
    return typeof scripts === "object" && scripts !== null ? scripts : {};
  } catch {
    return {}; // no manifest
  }
}
