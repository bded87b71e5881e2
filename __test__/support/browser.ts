import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { processTree } from "../../dist/tools/bench/process-tree.js";

/** How a browser is launched. */
export interface LaunchOptions {
  /** Milliseconds that puppeteer waits for an answer; its own default is three minutes. */
  readonly protocolTimeout?: number;
  /** Further arguments of Chrome. */
  readonly args?: readonly string[];
}

/** The real headless shell, with a profile of its own that goes with it. */
export class TestBrowser {
  readonly #browser: Browser;
  readonly #profile: string;

  private constructor(browser: Browser, profile: string) {
    this.#browser = browser;
    this.#profile = profile;
  }

  static async launch({ args = [], ...options }: LaunchOptions = {}): Promise<TestBrowser> {
    const profile = mkdtempSync(join(tmpdir(), "hfn-profile-"));
    const browser = await puppeteer.launch({
      executablePath: process.env.PRODUCER_HEADLESS_SHELL_PATH ?? "/usr/bin/chromium-headless-shell",
      userDataDir: profile,
      ...options,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        ...args,
      ],
    });
    return new TestBrowser(browser, profile);
  }

  /** A page with a `<video data-start>` for each id, as a composition has them; `policy` is its Content-Security-Policy. */
  async page(videoIds: readonly string[], policy?: string): Promise<Page> {
    const page = await this.#browser.newPage();
    await page.setViewport({ width: 320, height: 180 });
    const meta =
      policy === undefined ? "" : `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
    await page.setContent(`<head>${meta}</head><body style='margin:0'></body>`);
    await page.evaluate((ids) => {
      for (const id of ids) {
        const video = document.createElement("video");
        video.id = id;
        video.setAttribute("data-start", "0");
        video.style.cssText = "position:absolute;left:0;top:0;width:160px;height:90px";
        document.body.append(video);
      }
    }, videoIds);
    return page;
  }

  /** Ends the browser as a crash or the system's out-of-memory killer would. */
  kill(): void {
    // Debian's program is a script that starts Chrome: all of it has to go.
    for (const { pid } of processTree(this.pid)) process.kill(pid, "SIGKILL");
  }

  get pid(): number {
    const pid = this.#browser.process()?.pid;
    if (pid === undefined) throw new Error("the browser was not started here");
    return pid;
  }

  /** A page with nothing in it. */
  blankPage(): Promise<Page> {
    return this.#browser.newPage();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    rmSync(this.#profile, { recursive: true, force: true });
  }
}
