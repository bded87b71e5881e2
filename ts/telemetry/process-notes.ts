import type { ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { realpathSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { debuglog } from "node:util";
import { type HostPackage, hostPackageOf } from "../register/host-package.js";
import { isSwitchedOff } from "../variables.js";
import type { SwapRecord } from "./process-report.js";
import { atEnd, hasBeenSaid, say } from "./say.js";
import { lineOf } from "./summary.js";

/** What is known of a process in which the drop-in did nothing: the line at its end says why. */
interface Notes {
  /** Why the native side is not to be had. */
  unchanged?: string;
  swapped?: boolean;
  /** A package that was not swapped, and why. */
  leftAlone?: string;
  withoutVideo?: boolean;
  /** A package that puts frames into pages by a function of another name. */
  unswapped?: HostPackage;
  hasRendered?: boolean;
}

/** A browser, or an extraction of frames: what a render with videos starts. */
const RENDERS = /^--(?:headless|remote-debugging)|frame_%0\d+d\./;

const notes: Notes = {};

const debug = debuglog("hyperframes-native");

/** Has the end of this process say why nothing was done in it, if it is one that renders. */
export function noteProcess(): void {
  if (isSwitchedOff()) debug("off");
  // Where it is off nothing of HyperFrames is touched or looked at, so that only the command line says that this is a render.
  if (isRenderCommand()) atEnd("rest", tell);
}

/** Nothing can be swapped in this process, or the native side does not work in it. */
export function noteUnchanged(reason: string): void {
  notes.unchanged ??= reason;
}

/** A module that holds upstream's function was swapped, or left alone. */
export function noteSwap({ package: name, version, reason }: SwapRecord): void {
  if (reason === undefined) notes.swapped = true;
  else notes.leftAlone ??= `${name} ${version} was left alone, ${reason}`;
  if (!isSwitchedOff()) atEnd("rest", tell);
}

/** A module that puts frames into pages was loaded, and upstream's function is not in it: in another one, or in none. */
export function noteUnswapped(host: HostPackage): void {
  if (notes.unswapped !== undefined) return;
  notes.unswapped = host;
  subscribe("child_process", (message) => {
    const started = (message as { readonly process?: Partial<ChildProcess> }).process;
    // Its arguments are there once it was started.
    setImmediate(() => {
      if (started?.spawnargs?.some((argument) => RENDERS.test(argument))) notes.hasRendered = true;
    });
  });
  atEnd("rest", tell);
}

/** Upstream made a hook for a page without videos. */
export function noteWithoutVideo(): void {
  notes.withoutVideo = true;
}

/** Says why no render was summed up; nothing where one was, or where nothing was rendered. */
function tell(): void {
  if (hasBeenSaid()) return;
  const { swapped, withoutVideo } = notes;
  const reason = notes.unchanged ?? (swapped ? undefined : (notes.leftAlone ?? notFound()));
  if (isSwitchedOff()) say(lineOf(`off (HYPERFRAMES_NATIVE=${process.env.HYPERFRAMES_NATIVE})`));
  else if (withoutVideo) say(lineOf("on: no video on the page, so there was nothing for it to do"));
  else if (reason !== undefined) say(lineOf(`on, but did nothing: ${reason}`));
  // A render that failed says enough itself.
  else if (isRenderCommand() && (process.exitCode ?? 0) === 0)
    say(lineOf("on, but did nothing: no frame was captured in this process"));
}

/** What is said of a package in which no module with upstream's function was found; only after a render. */
function notFound(): string | undefined {
  if (notes.unswapped === undefined || !notes.hasRendered) return undefined;
  const { name, version } = notes.unswapped;
  return `createVideoFrameInjector was not found in ${name} ${version}; update hyperframes-native, or see its doctor`;
}

/** Whether this process is `hyperframes render`. */
function isRenderCommand(): boolean {
  const [, program, ...args] = process.argv;
  if (program === undefined || args.find((arg) => !arg.startsWith("-")) !== "render") return false;
  if (args.includes("--help") || args.includes("-h")) return false;
  try {
    return hostPackageOf(pathToFileURL(realpathSync(program)).href)?.name === "hyperframes";
  } catch {
    return false; // no file: a text given to Node
  }
}
