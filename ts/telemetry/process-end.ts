/** Lines on stderr; and at the end of a process that rendered nothing through this package, one that says why. */
import type { ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { realpathSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { debuglog } from "node:util";
import { type UpstreamPackage, upstreamPackageOf } from "../register/upstream-package.js";
import { asWritten, isQuiet, isSwitchedOff } from "../settings.js";
import type { SwapRecord } from "./process-report.js";
import { lineOf } from "./summary.js";

/** Most lines that are kept for the end of a process that renders on and on. */
const MOST_LINES = 100;

/** Lines for a terminal, kept until the process ends: until then a progress bar may be drawn there. */
const lines: string[] = [];

const tasks = new Set<() => void>();

let hasSaid = false;
let isExplained = false;

/** Says a line on stderr; on a terminal at the end of the process. Nothing with `HYPERFRAMES_NATIVE_QUIET`. */
export function say(line: string): void {
  hasSaid = true;
  if (isQuiet()) return;
  const { stderr } = process;
  if (!stderr.isTTY) {
    // A pipe that nobody reads any more is no reason to end the process.
    const ignore = () => {};
    stderr.once("error", ignore);
    stderr.write(`${line}\n`, () => setImmediate(() => stderr.removeListener("error", ignore)));
    return;
  }
  listenLast();
  lines.push(line);
  if (lines.length > MOST_LINES) lines.shift();
}

export function atProcessEnd(task: () => void): void {
  tasks.add(task);
  listenLast();
}

/** Last of all that listen by now: a program's own last words come first. */
function listenLast(): void {
  process.removeListener("exit", end);
  process.once("exit", end);
}

function end(): void {
  for (const task of tasks) task();
  if (isExplained && !hasSaid) explain();
  // What was drawn last may not have ended its line.
  if (lines.length > 0) process.stderr.write(`\n${lines.join("\n")}\n`);
  lines.length = 0;
}

/** A browser, or an extraction of frames: what a render with videos starts. */
const RENDERS = /^--(?:headless|remote-debugging)|frame_%0\d+d\./;

const notes: {
  /** Why nothing can be swapped in this process, or the native side does not work in it. */
  unchanged?: string;
  swapped?: boolean;
  /** A package that was not swapped, and why. */
  leftAlone?: string;
  withoutVideo?: boolean;
  /** A package that puts frames into pages by a function of another name. */
  withoutFunction?: UpstreamPackage;
  hasRendered?: boolean;
} = {};

function explainAtEnd(): void {
  isExplained = true;
  listenLast();
}

/** Has the end of this process say why nothing was done in it, if it is one that renders. */
export function noteProcess(): void {
  if (isSwitchedOff()) debuglog("hyperframes-native")("off");
  // Where it is off nothing of HyperFrames is touched or looked at, so that only the command line says that this is a render.
  if (isRenderCommand()) explainAtEnd();
}

export function noteUnchanged(reason: string): void {
  notes.unchanged ??= reason;
}

export function noteSwap({ package: name, version, reason }: SwapRecord): void {
  if (reason === undefined) notes.swapped = true;
  else notes.leftAlone ??= `${name} ${version} was left alone, ${reason}`;
  if (!isSwitchedOff()) explainAtEnd();
}

/** A module that puts frames into pages was loaded, and upstream's function is not in it: in another one, or in none. */
export function noteWithoutFunction(upstream: UpstreamPackage): void {
  if (notes.withoutFunction !== undefined) return;
  notes.withoutFunction = upstream;
  subscribe("child_process", (message) => {
    const { process: started } = message as { readonly process?: Partial<ChildProcess> };
    // Its arguments are there once it was started.
    setImmediate(() => {
      if (started?.spawnargs?.some((argument) => RENDERS.test(argument))) notes.hasRendered = true;
    });
  });
  explainAtEnd();
}

export function noteWithoutVideo(): void {
  notes.withoutVideo = true;
}

/** Says why no render was summed up; nothing where nothing was rendered. */
function explain(): void {
  const { unchanged, swapped, leftAlone, withoutVideo, withoutFunction, hasRendered } = notes;
  const { name, version } = (hasRendered && withoutFunction) || {};
  const notFound =
    name &&
    `createVideoFrameInjector was not found in ${name} ${version}; update hyperframes-native, or see its doctor`;
  const reason = unchanged ?? (swapped ? undefined : (leftAlone ?? notFound));
  if (isSwitchedOff()) say(lineOf(`off (${asWritten("HYPERFRAMES_NATIVE")})`));
  else if (withoutVideo) say(lineOf("on: no video on the page, so there was nothing for it to do"));
  else if (reason !== undefined) say(lineOf(`on, but did nothing: ${reason}`));
  // A render that failed says enough itself.
  else if (isRenderCommand() && (process.exitCode ?? 0) === 0)
    say(lineOf("on, but did nothing: no frame was captured in this process"));
}

/** Whether this process is `hyperframes render`. */
function isRenderCommand(): boolean {
  const [, program, ...args] = process.argv;
  if (program === undefined || args.find((arg) => !arg.startsWith("-")) !== "render") return false;
  if (args.includes("--help") || args.includes("-h")) return false;
  try {
    return upstreamPackageOf(pathToFileURL(realpathSync(program)).href)?.name === "hyperframes";
  } catch {
    return false; // no file: a text given to Node
  }
}
