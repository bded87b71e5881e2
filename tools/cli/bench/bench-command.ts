import { existsSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join, relative, resolve } from "node:path";
import { pluralize } from "../../../ts/telemetry/summary.js";
import { MODES } from "../../bench/as-rendered.js";
import { bench, FruitlessBench } from "../../bench/bench.js";
import { BUSY, busyShare, shareText } from "../../bench/machine.js";
import { ignoredVariables } from "../../bench/render-environment.js";
import { declaredFps, RENDERERS, type Renderer } from "../../bench/renderer.js";
import { reportHtml } from "../../bench/report/report.js";
import type { BenchOptions, BenchResult } from "../../bench/result.js";
import { resultTable } from "../../bench/table.js";
import { dropIn, verdict } from "../../bench/verdict.js";
import { type ChromePath, chromePath, hostPuppeteer } from "../doctor/chrome.js";
import { checkRuntime } from "../doctor/machine.js";
import { ownRuntime } from "../host/runtime.js";
import { onBrokenPipe, Progress, wrap } from "../terminal.js";
import { type FoundRenderer, findRenderer } from "./find-renderer.js";
import { OutputFolder, OutputFolderError } from "./output-folder.js";
import { isCount, renderFlags } from "./render-flags.js";

/** Signals that end a bench; of a terminal that is closed, too. */
const STOPPING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The last video of each mode, among the results. */
const videoName = (mode: (typeof MODES)[number]) => `${mode}.mp4`;

/** What the user asked for; what is not given is as the command that renders has it. */
export interface BenchCommandOptions
  extends Partial<Omit<BenchOptions, "capture">>,
    Pick<BenchOptions, "capture"> {
  readonly pairs: number;
  /** Folder for the report, the numbers and the last two videos. */
  readonly output: string;
  readonly using: "cli" | "producer" | undefined;
  /** The command that renders; by default the project's own script that does, or `hyperframes render`. */
  readonly command: readonly string[];
  readonly timeoutMs: number;
}

/**
 * `hyperframes-native bench <project>`. Resolves with the exit status: 0, or 1 where the drop-in did not run or the decoded frames
 * differ, or 2 where nothing could be measured.
 */
export async function benchCommand(project: string, options: BenchCommandOptions): Promise<number> {
  const { pairs, using, timeoutMs } = options;
  const projectDir = resolve(project);
  if (!existsSync(join(projectDir, "index.html"))) {
    console.error(`There is no index.html in ${projectDir}. Give the folder of a HyperFrames project.`);
    return 2;
  }
  const runtime = checkRuntime(ownRuntime());
  if (runtime.status === "fault") {
    // Stock would be compared with stock.
    console.error(`${runtime.found} ${runtime.advice}`);
    return 1;
  }
  let folder: OutputFolder;
  try {
    folder = new OutputFolder(resolve(options.output));
  } catch (error) {
    if (!(error instanceof OutputFolderError)) throw error;
    console.error(error.message);
    return 2;
  }
  const abort = new AbortController();
  // Again and again: a second Ctrl-C must not keep the first one from cleaning up, which takes seconds at most.
  const stop = (signal: NodeJS.Signals) => abort.abort(signal);
  for (const signal of STOPPING) process.on(signal, stop);
  // Stays: whatever is still said afterwards has no reader either.
  for (const stream of [process.stdout, process.stderr]) onBrokenPipe(stream, () => abort.abort("SIGPIPE"));
  let progress: Progress | undefined;
  let done = 0;
  try {
    const found = await findRenderer(projectDir, using, options.command, abort.signal);
    // What was started has ended, too, and nothing was found out.
    abort.signal.throwIfAborted();
    if (typeof found === "string") {
      console.error(found);
      return 2;
    }
    const { renderer } = found;
    const { others, ...flags } = renderFlags(found.args);
    const isAsked = (options.fps ?? flags.fps) !== undefined;
    const declared = isAsked ? undefined : await declaredFps(renderer, projectDir);
    if (isCount(declared)) flags.fps = Number(declared);
    const left = declared === undefined || isCount(declared) ? others : [...others, `data-fps="${declared}"`];
    const chosen = settle(renderer, flags, options);
    const chrome = await chromePath(await hostPuppeteer([renderer]));
    for (const line of introduction(found, chosen, left, pairs)) tellWrapped(line);
    for (const line of machineLines(await busyShare(abort.signal))) tellWrapped(line);
    const result = await bench({
      ...{ project: projectDir, renderer, pairs, directory: folder.work, timeoutMs },
      signal: abort.signal,
      options: chosen,
      chrome: chrome?.path ?? null,
      env: chrome === undefined ? {} : browserVariables(renderer, chrome),
      onStage(stage) {
        progress?.finish();
        const current = new Progress(stage);
        progress = current;
        return (part) => current.update(part);
      },
      onPair(result, videos) {
        writeResults(result, folder);
        for (const mode of MODES) folder.publish(videos[mode], videoName(mode));
        done = result.pairs.length;
      },
    });
    progress?.finish();
    writeResults(result, folder);
    return tell(result, folder);
  } catch (error) {
    progress?.clear();
    // As a shell says of a command that was ended by a signal.
    if (abort.signal.aborted) {
      const told =
        done === 0
          ? "nothing was written"
          : `${pluralize(done, "pair")} that were done are in ${place(folder.report)}`;
      if (abort.signal.reason !== "SIGPIPE") console.error(`Interrupted: ${told}.`);
      return 128 + (constants.signals[abort.signal.reason as NodeJS.Signals] ?? 0);
    }
    tellWrapped(error instanceof Error ? error.message : String(error), console.error);
    return error instanceof FruitlessBench && error.isFault ? 1 : 2;
  } finally {
    for (const signal of STOPPING) process.removeListener(signal, stop);
    folder.remove();
  }
}

/** The CLI's own command finds a Chrome and tells its producer; a producer by itself is told of one that it would not find. */
function browserVariables({ name }: Renderer, { path, isInSight }: ChromePath): Record<string, string> {
  return name === RENDERERS.cli || !isInSight ? { PRODUCER_HEADLESS_SHELL_PATH: path } : {};
}

/** How it is rendered: as the user says here, else as the command has it, else as HyperFrames does by itself. */
function settle(renderer: Renderer, flags: Partial<BenchOptions>, given: BenchCommandOptions): BenchOptions {
  return {
    fps: given.fps ?? flags.fps ?? 30,
    workers: given.workers ?? flags.workers ?? "auto",
    frameFormat: given.frameFormat ?? flags.frameFormat ?? "auto",
    quality: given.quality ?? flags.quality ?? renderer.quality,
    capture: given.capture,
  };
}

/** What will be done. */
function* introduction(
  { renderer, from, command }: FoundRenderer,
  { fps, workers, frameFormat, quality, capture }: BenchOptions,
  others: readonly string[],
  pairs: number,
): Generator<string> {
  const like = command.length === 0 ? "" : `, as by: ${command.join(" ")}`;
  yield `${renderer.name} ${renderer.version} (${from})${like}`;
  yield `${fps} fps, workers ${workers}, frames ${frameFormat}, quality ${quality}, capture ${capture}; ${pluralize(pairs, "pair")} of renders after a warm-up`;
  if (others.length > 0) yield `Not taken over from the command: ${others.join(", ")}.`;
  const ignored = ignoredVariables();
  if (ignored.length > 0)
    yield `Ignored: ${ignored.join(", ")}. bench sets the drop-in off and on by itself, with its defaults.`;
}

/** Whether now is the time; said before minutes are spent. */
function* machineLines(busy: number): Generator<string> {
  if (busy < BUSY) return;
  yield `The machine is busy: something else takes ${shareText(busy)} of it. Only a difference of a quarter or more will be told; on a quiet machine, smaller ones too. Ctrl-C ends it here.`;
}

/** Writes what is known: after each pair, so that a render that fails late takes nothing with it. */
function writeResults(result: BenchResult, folder: OutputFolder): void {
  writeFileSync(folder.report, reportHtml(result));
  writeFileSync(folder.numbers, `${JSON.stringify(result, null, 2)}\n`);
}

/** Tells what was found out; the exit status. */
function tell(result: BenchResult, folder: OutputFolder): number {
  console.log("");
  for (const line of resultTable(result).split("\n")) {
    // The table's lines are in columns.
    if (/ {2}/.test(line.trim())) console.log(line);
    else tellWrapped(line);
  }
  console.log("");
  for (const [name, file] of [
    ["report", folder.report],
    ["numbers", folder.numbers],
    ...MODES.map((mode) => [mode, join(folder.path, videoName(mode))] as const),
  ] as const) {
    console.log(`${name.padEnd(8)} ${place(file)}`);
  }
  const { unswapped, idle } = dropIn(result);
  if (unswapped) console.log("FAILED: the drop-in did not run.");
  else if (idle) console.log("FAILED: the native frame path did not run. Ask: npx hyperframes-native doctor");
  const differing = verdict(result).kind === "different";
  if (differing) console.log("FAILED: decoded frames differ.");
  return unswapped || idle || differing ? 1 : 0;
}

/** Says a sentence in the terminal's width. */
function tellWrapped(text: string, say: (line: string) => void = console.log): void {
  const columns = process.stdout.columns ?? Number.POSITIVE_INFINITY;
  for (const line of text.split("\n")) for (const part of wrap(line, columns)) say(part);
}

/** Says where something is, short where it is below the working directory. */
function place(file: string): string {
  const short = relative(process.cwd(), file);
  return short.startsWith("..") ? file : short;
}
