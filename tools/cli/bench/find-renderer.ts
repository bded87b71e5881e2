import { installedRenderer, RENDERERS, type Renderer, rendererIn } from "../../bench/renderer.js";
import { renderingPackage, whereFrom } from "../host/rendering-package.js";

/** What a bench renders with, and where that is installed. */
export interface FoundRenderer {
  readonly renderer: Renderer;
  /** In words. */
  readonly from: string;
  /** What renders; empty where nothing says so. */
  readonly command: readonly string[];
  /** What that asks HyperFrames for, after all scripts and shells. */
  readonly args: readonly string[];
}

/**
 * The package that a render of the project loads, as doctor finds it; with `using` the one of that kind that is installed. Else what is to
 * be said: one sentence and what to do.
 */
export async function findRenderer(
  project: string,
  using: keyof typeof RENDERERS | undefined,
  command: readonly string[],
  signal?: AbortSignal,
): Promise<FoundRenderer | string> {
  if (using === undefined) {
    const rendering = await renderingPackage(project, command, signal);
    if (rendering.kind === "not-loaded") {
      const typed = rendering.command.join(" ");
      return `"${typed}" does not come to a HyperFrames that is on this machine. Ask: npx hyperframes-native doctor`;
    }
    if (rendering.kind === "loaded") {
      const { package: found, from, args } = rendering;
      const renderer = rendererIn(found.directory);
      if (renderer !== undefined) return { renderer, from, command: rendering.command, args };
      return `${found.name} ${found.version} (${found.directory}) is of a shape that bench cannot render with. Give --using producer, or another version.`;
    }
  }
  const names = using === undefined ? Object.values(RENDERERS) : [RENDERERS[using]];
  for (const folder of [project, process.cwd()]) {
    for (const name of names) {
      const renderer = installedRenderer(name, folder);
      if (renderer !== undefined)
        return { renderer, from: whereFrom(renderer, project, process.cwd()), command: [], args: [] };
    }
  }
  return `No HyperFrames package is installed in ${project} or here. Run: npm install ${names[0]}`;
}
