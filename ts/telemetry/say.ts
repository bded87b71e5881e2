import { isQuiet } from "../variables.js";

/** Most lines that are kept for the end of a process that renders on and on. */
const MOST_KEPT = 100;

/** Lines for a terminal, kept until the process ends: until then a progress bar may be drawn there. */
const kept: string[] = [];

/** In this order. */
const tasks = { sums: new Set<() => void>(), rest: new Set<() => void>() };

let hasSaid = false;

/** Says a line on stderr; on a terminal at the end of the process. Nothing with `HYPERFRAMES_NATIVE_QUIET`. */
export function say(line: string): void {
  hasSaid = true;
  if (isQuiet()) return;
  if (!process.stderr.isTTY) {
    process.stderr.write(`${line}\n`);
    return;
  }
  listen();
  kept.push(line);
  if (kept.length > MOST_KEPT) kept.shift();
}

/** Whether a line was said in this process, or would have been. */
export function hasBeenSaid(): boolean {
  return hasSaid;
}

/** Has `task` done when the process ends: sums of renders, then what there is to say where there were none. */
export function atEnd(when: keyof typeof tasks, task: () => void): void {
  tasks[when].add(task);
  listen();
}

/** Last of all that listen by now: a program's own last words come first. */
function listen(): void {
  process.removeListener("exit", end);
  process.once("exit", end);
}

function end(): void {
  for (const task of [...tasks.sums, ...tasks.rest]) task();
  // What was drawn last may not have ended its line.
  if (kept.length > 0) process.stderr.write(`\n${kept.join("\n")}\n`);
  kept.length = 0;
}
