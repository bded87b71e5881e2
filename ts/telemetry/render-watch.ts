import type { FrameCacheStats } from "../cache/frame-cache.js";
import type { CapturePage } from "../page/page.js";
import { HookTally } from "../stats/hook-tally.js";
import { summaryLines } from "./summary.js";

/** Time for the next page of the same render to come, in milliseconds. */
const GRACE_MS = 1_000;

/** Where a summary goes. */
export interface SummaryLogger {
  info(message: string): void;
}

/** What a hook brings along. */
export interface WatchedHook {
  /** What all hooks of the process report to; the render's counts go on to it. */
  readonly parent: HookTally | undefined;
  readonly logger: SummaryLogger | undefined;
  readonly cacheLimit: number;
  readonly decodedLimit: number;
  cacheStats(): FrameCacheStats;
}

/** The part of puppeteer's `Page` that tells of its end. */
interface ClosingPage {
  once?(event: "close", listener: () => void): unknown;
}

/**
 * Sums up what the hooks of one render did. Nobody tells a hook that a render is over: it is when all its pages are closed and none
 * follows, or when the process ends.
 */
export class RenderWatch {
  static #current: RenderWatch | undefined;

  readonly tally: HookTally;
  readonly #hook: WatchedHook;
  #logger: SummaryLogger | undefined;
  #openPages = 0;
  #grace: NodeJS.Timeout | undefined;
  readonly #atExit = () => this.#end();

  private constructor(hook: WatchedHook) {
    this.#hook = hook;
    this.tally = new HookTally(hook.parent);
    process.once("exit", this.#atExit);
  }

  /** The render that a new hook belongs to. */
  static join(hook: WatchedHook): RenderWatch {
    RenderWatch.#current ??= new RenderWatch(hook);
    RenderWatch.#current.#logger ??= hook.logger;
    return RenderWatch.#current;
  }

  /** Tells of a page that the render captures. */
  opened(page: CapturePage): void {
    const { once } = page as ClosingPage;
    if (typeof once !== "function") return;
    clearTimeout(this.#grace);
    this.#openPages++;
    once.call(page, "close", () => {
      this.#openPages--;
      if (this.#openPages > 0) return;
      clearTimeout(this.#grace);
      this.#grace = setTimeout(() => this.#end(), GRACE_MS).unref();
    });
  }

  #end(): void {
    clearTimeout(this.#grace);
    process.removeListener("exit", this.#atExit);
    if (RenderWatch.#current === this) RenderWatch.#current = undefined;
    const tally = this.tally.toJSON();
    if (tally.hook.calls === 0) return;
    const { cacheLimit, decodedLimit } = this.#hook;
    const lines = summaryLines({ tally, cache: this.#hook.cacheStats(), cacheLimit, decodedLimit });
    for (const line of lines) {
      const message = `hyperframes-native: ${line}`;
      if (this.#logger !== undefined) this.#logger.info(message);
      else if (!isQuiet()) process.stderr.write(`${message}\n`);
    }
  }
}

/** `HYPERFRAMES_NATIVE_QUIET`: nothing is written to stderr but warnings. */
function isQuiet(): boolean {
  const value = process.env.HYPERFRAMES_NATIVE_QUIET?.trim().toLowerCase() ?? "";
  return !["", "0", "false", "no", "off"].includes(value);
}
