/**
 * `npm run soak`: thousands of captured frames in one process, with everything that goes wrong in a render server in between, and what
 * Node and Chrome hold at the end against what they held after the first thousand. Exit status 1 where something grew by more than 5 %,
 * or where a picture was not the same as the first time.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import {
  getCdpSession,
  pageScreenshotCapture,
  createVideoFrameInjector as stockInjector,
} from "@hyperframes/engine";
import {
  type BeforeCaptureHook,
  createVideoFrameInjector,
  keepDecodedFrames,
  type TransportChoice,
} from "hyperframes-native";
import type { CDPSession, Page } from "puppeteer-core";
import { ffmpeg } from "../../../dist/tools/bench/ffmpeg.js";
import { TestBrowser } from "../../support/browser.ts";
import { growth } from "./growth.ts";
import { ProducerRenders } from "./producer-renders.ts";
import { readState, type State } from "./state.ts";

const { values } = parseArgs({
  options: {
    frames: { type: "string", default: "10000" },
    /** Frames after which it is measured for the first time. */
    first: { type: "string", default: "1000" },
    every: { type: "string", default: "500" },
    /** Renders by the published producer, in this process. */
    producer: { type: "string", default: "10" },
    /** Makes something leak, to see that it is found: any of `blobs,files,memory`. */
    leak: { type: "string" },
    /** Upstream's own hook instead: what grows without this package. The register hook has to be off for it. */
    stock: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const options = {
  frames: Number(values.frames),
  first: Number(values.first),
  every: Number(values.every),
  producer: Number(values.producer),
  leak: values.leak?.split(",") ?? [],
  stock: values.stock,
};

const TRANSPORTS: readonly TransportChoice[] = ["file", "served", "inline", "auto"];
const SIZE = { width: 160, height: 90 };
/** Frames of one short render. */
const SHORT = 25;
/**
 * Parts that a long page lives for. While a page lives Chrome's own account of it grows (docs/measurements/soak.md), so pages of like age are
 * compared: of twenty parts, the last four have one as old as the first four had.
 */
const LONG_PARTS = 8;
const VIDEOS = ["jpg", "png"] as const;

const { gc } = globalThis;
assert.ok(gc, "run it with --expose-gc");
assert.ok(
  !options.stock || process.env.HYPERFRAMES_NATIVE === "off",
  "run --stock with HYPERFRAMES_NATIVE=off: else upstream's function is this package's",
);

const folder = mkdtempSync(join(tmpdir(), "hyperframes-native-soak-"));
const frame = (type: string, n: number) => join(folder, `frame_${String(n + 1).padStart(5, "0")}.${type}`);
const log = (line: string) => {
  if (!values.json) console.log(line);
};
const quiet = { info: () => {} };
const kept: unknown[] = [];

/** Two videos at ten frames a second, so many frames long. */
function hookFor(frames: number, transport: TransportChoice): BeforeCaptureHook {
  const getActiveFramePayloads = (time: number) => {
    const n = Math.floor(time * 10 + 1e-9);
    const active = n < frames ? VIDEOS : [];
    return new Map(active.map((type) => [type, { framePath: frame(type, n % SHORT), frameIndex: n }]));
  };
  const lookup = { getActiveFramePayloads };
  const hook = options.stock
    ? stockInjector(lookup as never)
    : createVideoFrameInjector(lookup, { transport, logger: quiet });
  assert.ok(hook);
  return hook as BeforeCaptureHook;
}

class Soak {
  readonly browser: TestBrowser;
  readonly #blobPage: Page;
  #longPage: Page;
  #longHook: BeforeCaptureHook;
  readonly #longFrames: number;
  readonly #states: State[] = [];
  /** Of a short render, as it was the first time. */
  #pictures: string | undefined;
  #captured = 0;
  #parts = 0;
  #shortRenders = 0;

  private constructor(browser: TestBrowser, blobPage: Page, longPage: Page) {
    this.browser = browser;
    this.#blobPage = blobPage;
    this.#longPage = longPage;
    this.#longFrames = Math.floor(options.every / 2);
    this.#longHook = hookFor(this.#longFrames, "file");
  }

  static async start(): Promise<Soak> {
    const browser = await TestBrowser.launch();
    return new Soak(browser, await browser.blankPage(), await openPage(browser));
  }

  get captured(): number {
    return this.#captured;
  }

  get states(): readonly State[] {
    return this.#states;
  }

  /** One part of the whole: half of it on the page that lives for many parts, half in short renders, good and bad. */
  async part(): Promise<void> {
    const until = this.#captured + options.every;
    if (this.#parts > 0 && this.#parts % LONG_PARTS === 0) {
      await this.#longPage.close();
      this.#longPage = await openPage(this.browser);
      this.#longHook = hookFor(this.#longFrames, "file");
    }
    this.#parts++;
    for (let n = 0; n < this.#longFrames; n++) await this.#capture(this.#longHook, this.#longPage, n);
    while (this.#captured < until) await this.#shortRender();
  }

  async measure(): Promise<State> {
    for (let n = 0; n < 3; n++) {
      gc?.();
      await sleep(100);
    }
    // A revoked blob is gone when the page collects its garbage.
    const session = await this.#longPage.createCDPSession();
    await session.send("HeapProfiler.collectGarbage");
    await session.detach();
    await this.#blobPage.goto("chrome://blob-internals");
    const blobs = (await this.#blobPage.content()).match(/Refcount: /g)?.length ?? 0;
    await this.#blobPage.goto("about:blank");
    // The renderers of closed pages take a while to go, and a spare one to settle: the least of some readings.
    let state = readState(this.#captured, this.browser.pid, blobs);
    for (let n = 0; n < 6; n++) {
      await sleep(250);
      const next = readState(this.#captured, this.browser.pid, blobs);
      if (next.chromeMemory < state.chromeMemory) state = next;
    }
    this.#states.push(state);
    return state;
  }

  async #shortRender(): Promise<void> {
    const n = this.#shortRenders++;
    const transport = TRANSPORTS[n % TRANSPORTS.length] ?? "auto";
    const hook = hookFor(SHORT, transport);
    if (n % 7 === 3) await this.#aborted(hook);
    if (n % 7 === 5) await this.#crashed(hook);
    if (n % 40 === 10) await this.#killed(hook);
    // Upstream's hook is one page's.
    const isShared = n % 5 === 4 && !options.stock;
    const pages = await Promise.all(isShared ? [this.#page(), this.#page()] : [this.#page()]);
    for (const pictures of await Promise.all(pages.map((page) => this.#pictureHash(hook, page)))) {
      this.#pictures ??= pictures;
      assert.equal(
        pictures,
        this.#pictures,
        `the pictures of render ${n} (${transport}) are not those of the first`,
      );
    }
    await Promise.all(pages.map((page) => page.close()));
    if (options.leak.includes("files")) kept.push(openSync(frame("jpg", 0), "r"));
    if (options.leak.includes("memory")) kept.push(Buffer.alloc(4 * 1024 * 1024, 1));
  }

  #page(): Promise<Page> {
    return openPage(this.browser);
  }

  /** Stopped in the middle of a frame: the page is closed while the hook is at work. */
  async #aborted(hook: BeforeCaptureHook): Promise<void> {
    const page = await this.#page();
    for (let n = 0; n < 4; n++) await this.#capture(hook, page, n);
    const call = hook(page, 0.4);
    await Promise.all([assert.rejects(call, /closed|detached|destroyed/i), page.close()]);
  }

  /** The renderer crashes in the middle of a frame: whoever waits gives up, and closes the page. */
  async #crashed(hook: BeforeCaptureHook): Promise<void> {
    const page = await this.#page();
    for (let n = 0; n < 4; n++) await this.#capture(hook, page, n);
    const session = await page.createCDPSession();
    const crashed = new Promise((resolve) => page.once("error", resolve));
    const call = assert.rejects(hook(page, 0.4));
    session.send("Page.crash").catch(() => undefined);
    await crashed;
    await page.close();
    await call;
  }

  async #killed(hook: BeforeCaptureHook): Promise<void> {
    const browser = await TestBrowser.launch();
    const page = await openPage(browser);
    for (let n = 0; n < 4; n++) await this.#capture(hook, page, n);
    const call = assert.rejects(hook(page, 0.4), /closed|detached|destroyed/i);
    browser.kill();
    await call;
    await browser[Symbol.asyncDispose]();
  }

  async #pictureHash(hook: BeforeCaptureHook, page: Page): Promise<string> {
    const hash = createHash("sha256");
    for (let n = 0; n < SHORT; n++) hash.update(await this.#capture(hook, page, n));
    return hash.digest("hex");
  }

  async #capture(hook: BeforeCaptureHook, page: Page, n: number): Promise<Buffer> {
    await hook(page, n / 10);
    const picture = await pageScreenshotCapture(page as never, {
      ...SIZE,
      fps: { num: 10, den: 1 },
      format: "jpeg",
    });
    this.#captured++;
    return picture;
  }
}

async function openPage(browser: TestBrowser): Promise<Page> {
  const page = await browser.page(VIDEOS);
  await page.setViewport(SIZE);
  if (options.leak.includes("blobs"))
    await page.evaluate(() => {
      URL.revokeObjectURL = () => {};
    });
  // For DevTools' Network panel, which puppeteer switches on, Chrome keeps what a page has loaded (docs/measurements/soak.md), here 10 KB a frame.
  const { _client } = page as unknown as { _client(): CDPSession };
  await _client.call(page).send("Network.disable");
  keepDecodedFrames(page, await getCdpSession(page as never));
  return page;
}

const started = performance.now();
try {
  for (const [index, type] of VIDEOS.entries()) {
    const source = `nullsrc=s=160x90:r=10,geq=random(1)*255:128:128,hue=h=${index * 90}`;
    const input = ["-f", "lavfi", "-i", source, "-frames:v", String(SHORT)];
    await ffmpeg([...input, join(folder, `frame_%05d.${type}`)]);
  }
  const soak = await Soak.start();
  const producer = await ProducerRenders.prepare(folder);
  let renders = 0;
  let extra = 0;
  log(
    "  frames   Node MB (heap, external)   files  threads   blobs   Chrome MB (processes), its pictures MB; Chrome's by kind of process",
  );
  while (soak.captured < options.frames) {
    await soak.part();
    // Some of the frames go through the published producer, spread evenly.
    while (renders < options.producer && renders / options.producer <= soak.captured / options.frames) {
      extra += await producer.render(renders++);
    }
    const state = await soak.measure();
    log(
      `${String(soak.captured + extra).padStart(8)} ${(state.nodeRss / 1e6).toFixed(1).padStart(9)} (${(state.nodeHeap / 1e6).toFixed(1)}, ${(state.nodeExternal / 1e6).toFixed(1)}) ${String(state.openFiles).padStart(7)} ` +
        `${String(state.threads).padStart(8)} ${String(state.blobs).padStart(7)} ${(state.chromeMemory / 1e6).toFixed(1).padStart(11)} (${state.chromeProcesses}), ${(state.chromePictures / 1e6).toFixed(1)}; ` +
        Object.entries(state.chromeByKind)
          .map(([kind, bytes]) => `${kind} ${(bytes / 1e6).toFixed(1)}`)
          .join(", "),
    );
  }
  const compared = growth(soak.states.filter(({ frames }) => frames >= options.first));
  const frames = soak.captured + extra;
  await soak.browser[Symbol.asyncDispose]();
  for (const { figure, before, after, grew } of compared)
    log(
      `${figure.padEnd(10)} ${before} -> ${after} (${(before === 0 ? 0 : (100 * after) / before - 100).toFixed(1)} %)${grew ? "  GREW" : ""}`,
    );
  log(
    `${frames} frames, ${extra} of them by ${renders} renders of the producer, ${((performance.now() - started) / 1000).toFixed(0)} s`,
  );
  if (values.json) console.log(JSON.stringify({ frames, renders, growth: compared, states: soak.states }));
  if (compared.some(({ grew }) => grew)) process.exitCode = 1;
} finally {
  for (const file of kept) if (typeof file === "number") closeSync(file);
  rmSync(folder, { recursive: true, force: true });
}
