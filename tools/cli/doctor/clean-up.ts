import { once } from "node:events";
import { constants } from "node:os";

/** Longest that one task of a clean-up may take, in milliseconds. */
const LONGEST_TASK_MS = 25_000;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** What has to be undone: when all is done, when something fails, and when somebody presses Ctrl-C. */
export class CleanUp {
  readonly #tasks: Array<() => unknown> = [];
  #running: Promise<void> | undefined;
  #signalled = false;

  /** Adds a task; the last one added is done first. */
  add(task: () => unknown): void {
    this.#tasks.push(task);
  }

  /** Does all tasks, once. Their failures matter to nobody any more. */
  run(): Promise<void> {
    this.#running ??= this.#run();
    return this.#running;
  }

  /**
   * Does `work`, then all tasks. On a signal the tasks are done at once and the process ends by that signal, as a shell
   * expects; then this never resolves, so that nothing is said of work that was cut off.
   */
  async around<T>(work: () => Promise<T>): Promise<T> {
    const listen = (signal: NodeJS.Signals) => {
      this.#signalled = true;
      void this.run().then(() => {
        for (const name of SIGNALS) process.off(name, listen);
        try {
          process.kill(process.pid, signal);
        } catch {
          process.exit(128 + (constants.signals[signal] ?? 0)); // Windows can send itself few of them
        }
      });
    };
    for (const name of SIGNALS) process.on(name, listen);
    try {
      return await work();
    } finally {
      await this.run();
      if (this.#signalled) await new Promise(() => undefined);
      for (const name of SIGNALS) process.off(name, listen);
    }
  }

  async #run(): Promise<void> {
    for (let task = this.#tasks.pop(); task !== undefined; task = this.#tasks.pop()) {
      const timeUp = new AbortController();
      const timer = setTimeout(() => timeUp.abort(), LONGEST_TASK_MS);
      try {
        await Promise.race([task(), once(timeUp.signal, "abort")]);
      } catch {
        // What is already gone need not be undone.
      } finally {
        clearTimeout(timer);
      }
    }
  }
}
