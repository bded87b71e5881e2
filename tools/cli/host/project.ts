/** What a project's own files say: by which command it is rendered, and how many videos its page has. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

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

const VIDEO = /<video[\s>/]/gi;

/** A composition within another one stands in a file of its own. */
const INNER = /\bdata-composition-src\s*=\s*(?:"([^"]*)"|'([^']*)')/gi;

/**
 * How many `<video>` elements the page of a project names, those of the compositions within it included; `null` without a page. A script
 * may add others while it runs, which are not seen here.
 */
export function countVideos(project: string): number | null {
  if (!existsSync(join(project, "index.html"))) return null;
  const seen = new Set<string>();
  let videos = 0;
  const visit = (file: string) => {
    if (seen.has(file) || file.startsWith("..")) return;
    seen.add(file);
    const html = textOf(join(project, file)).replaceAll(/<!--[\s\S]*?-->/g, "");
    videos += html.match(VIDEO)?.length ?? 0;
    for (const [, double, single] of html.matchAll(INNER)) {
      const inner = double ?? single ?? "";
      // From the page on, or from the file that names it: either is looked at.
      visit(normalize(inner));
      visit(normalize(join(dirname(file), inner)));
    }
  };
  visit("index.html");
  return videos;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // upstream says what is missing
  }
}
