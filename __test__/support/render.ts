// Renders a project with the installed HyperFrames packages, our package found as a user's project finds it.
import {
  type RenderResult,
  type RenderOptions as ShippedOptions,
  render as shippedRender,
} from "../../dist/tools/bench/render.js";
import type { Renderer } from "../../dist/tools/bench/renderer.js";
import { cliRenderer, producerRenderer } from "./installed.ts";
import { root } from "./paths.ts";

export type { Capture, RenderMode } from "../../dist/tools/bench/render-environment.js";
export type { RenderResult };

/** Through the package's own name: the working directory is the repository. */
export const REGISTER = "hyperframes-native/register";

export interface RenderOptions extends Omit<ShippedOptions, "renderer" | "register" | "cwd"> {
  /** `package` (the default): the installed `@hyperframes/producer`. `cli`: the newer one that is part of the `hyperframes` CLI. Or any other. */
  readonly producer?: "package" | "cli" | Renderer;
}

/** Renders; rejects with the end of the log where that fails or takes too long. */
export function render({ producer = "package", ...options }: RenderOptions): Promise<RenderResult> {
  const installed = { package: producerRenderer, cli: cliRenderer };
  const renderer = typeof producer === "string" ? installed[producer] : producer;
  return shippedRender({ ...options, renderer, register: REGISTER, cwd: root });
}
