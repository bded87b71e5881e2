import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

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
