/**
 * The page closed and the browser killed at each kind of wait in the hook's path, and a page that hangs, for real. Every
 * single wait is in `hook/await-faults.test.ts`, on pages without a browser.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createVideoFrameInjector, type FrameHook, type TransportChoice } from "hyperframes-native";
import type { Page } from "puppeteer-core";
import { ffmpeg } from "../../dist/tools/bench/ffmpeg.js";
import { Awaits, countNative, countPage, type Fault, type NamedWait } from "../support/awaits.ts";
import { asIfBeginFrame } from "../support/begin-frame.ts";
import { TestBrowser } from "../support/browser.ts";
import { FrameFolder } from "../support/frames.ts";
import { inTime } from "../support/in-time.ts";
import { listeningPorts, openFiles, withoutProc } from "../support/process-state.ts";
import { StubLookup } from "../support/stub-page.ts";

const FRAMES = 12;
const STEPS = [0, 1, 2, 8, 9];
const TRANSPORTS: readonly TransportChoice[] = ["file", "served", "inline"];
const WATCHDOG_MS = 30_000;
/** Puppeteer's own is three minutes. Shorter than the ten seconds that this package gives a transport. */
const PROTOCOL_TIMEOUT_MS = 5_000;

const folder = new FrameFolder({ after }).path;
const unhandled: unknown[] = [];
const keepUnhandled = (error: unknown) => unhandled.push(error);

before(async () => {
  await Promise.all(
    Array.from({ length: FRAMES }, (_, n) =>
      ffmpeg(["-f", "lavfi", "-i", `testsrc2=s=${width(n)}x90`, "-frames:v", "1", frame(n)]),
    ),
  );
});
process.on("unhandledRejection", keepUnhandled);

after(() => process.off("unhandledRejection", keepUnhandled));

function frame(n: number): string {
  return join(folder, `frame_${String(n).padStart(5, "0")}.png`);
}

function width(n: number): number {
  return 100 + 2 * n;
}

function hookFor(transport: TransportChoice): FrameHook {
  const lookup = StubLookup.ofVideo(FRAMES, frame);
  const hook = createVideoFrameInjector(lookup, { transport, logger: { info: () => {} } });
  assert.ok(hook);
  return hook;
}

async function pageOf(browser: TestBrowser): Promise<Page> {
  const page = await browser.page(["v"]);
  asIfBeginFrame(page);
  return page;
}

function shownWidth(): number {
  const image = document.getElementById("v")?.nextElementSibling as HTMLImageElement;
  return image.complete ? image.naturalWidth : 0;
}

/** Renders a few frames; what they look like. */
async function pictures(about: string, hook: FrameHook, page: Page): Promise<string> {
  const hash = createHash("sha256");
  for (const n of STEPS) {
    await inTime(WATCHDOG_MS, about, hook(page, n / 10));
    const seen = await page.evaluate(shownWidth);
    assert.equal(seen, width(n), `${about}: frame ${n}`);
    hash.update(await page.screenshot());
  }
  return hash.digest("hex");
}

/** Runs into the fault; what the first call rejected with that did. */
async function firstError(about: string, hook: FrameHook, page: Page): Promise<Error | undefined> {
  // A message that is not waited for is found to have failed by the next call.
  for (const n of [...STEPS, 4, 5, 6]) {
    const error = await inTime(
      WATCHDOG_MS,
      about,
      hook(page, n / 10).then(
        () => undefined,
        (reason: Error) => reason,
      ),
    );
    if (error !== undefined) return error;
  }
  return undefined;
}

/** The hook's waits in a run: how many there are of each kind. */
async function waitsOf(browser: TestBrowser, transport: TransportChoice): Promise<Map<string, number>> {
  const awaits = new Awaits(0, (call) => call());
  const page = await pageOf(browser);
  countPage(page, awaits);
  await countNative(awaits, () => pictures("a run without a fault", hookFor(transport), page));
  await page.close();
  const counts = new Map<string, number>();
  for (const name of awaits.names.filter((wait) => !wait.endsWith(shownWidth.name)))
    counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

async function assertFault(
  transport: TransportChoice,
  at: NamedWait,
  browser: TestBrowser,
  end: (page: Page) => void,
  then: () => Promise<TestBrowser>,
): Promise<string> {
  const about = `${transport}, ${at.name} ${at.nth}`;
  const page = await pageOf(browser);
  const fault: Fault = (call) => {
    const answer = call();
    end(page);
    return answer;
  };
  const awaits = new Awaits(at, fault);
  countPage(page, awaits);
  const hook = hookFor(transport);
  const error = await countNative(awaits, () => firstError(about, hook, page));
  awaits.stop();
  assert.equal(awaits.faulted, at.name, `${about} did not come`);
  assert.ok(error, `${about}: no call failed`);
  assert.match(error.message, /closed|detached|context was destroyed/i, about);
  assert.notEqual(error.name, "HyperframesNativeError", `${about}: ${error.message}`);
  const next = await pageOf(await then());
  const seen = await pictures(`${about}, then`, hook, next);
  await next.close();
  for (let tries = 0; tries < 100 && listeningPorts().length > 0; tries++) await sleep(30);
  assert.deepEqual(listeningPorts(), [], `${about}: a port is left`);
  assert.deepEqual(unhandled, [], about);
  return seen;
}

for (const transport of TRANSPORTS) {
  test(`${transport}: the page closed, and the browser killed, at each kind of wait`, {
    skip: withoutProc,
  }, async (t) => {
    let browser = await TestBrowser.launch();
    t.after(() => browser[Symbol.asyncDispose]());
    const page = await pageOf(browser);
    const right = await pictures("before any fault", hookFor(transport), page);
    await page.close();
    const counts = Array.from(await waitsOf(browser, transport));
    assert.ok(counts.length >= 4, counts.join("; "));
    const firsts = counts.map(([name]) => ({ name, nth: 1 }));
    const lasts = counts.filter(([, count]) => count > 1).map(([name, nth]) => ({ name, nth }));
    const files = openFiles().length;

    for (const at of [...firsts, ...lasts]) {
      const close = (doomed: Page) => void doomed.close().catch(() => undefined);
      const seen = await assertFault(transport, at, browser, close, async () => browser);
      assert.equal(seen, right, `closed at ${at.name} ${at.nth}`);
    }
    assert.ok(openFiles().length <= files, openFiles().join("\n"));

    for (const at of firsts) {
      const doomed = browser;
      const kill = () => doomed.kill();
      const seen = await assertFault(transport, at, doomed, kill, async () => {
        browser = await TestBrowser.launch();
        return browser;
      });
      assert.equal(seen, right, `killed at ${at.name}`);
      await doomed[Symbol.asyncDispose]();
    }
    await sleep(100);
    assert.ok(openFiles().length <= files, openFiles().join("\n"));
  });
}

/** Keeps the page's main thread busy from now on. */
function hang(page: Page, ms: number): void {
  const spin = (busyMs: number) => {
    for (const end = performance.now() + busyMs; performance.now() < end; );
  };
  page.evaluate(spin, ms).catch(() => undefined);
}

async function assertHang(t: TestContext, transport: TransportChoice): Promise<void> {
  const browser = await TestBrowser.launch({ protocolTimeout: PROTOCOL_TIMEOUT_MS });
  t.after(() => browser[Symbol.asyncDispose]());
  const hook = hookFor(transport);
  const page = await pageOf(browser);
  const right = await pictures(transport, hook, page);

  hang(page, PROTOCOL_TIMEOUT_MS / 4);
  assert.equal(await pictures(`${transport}, after a while`, hook, page), right);
  assert.deepEqual(hook.stats().fallbacks, [], transport);

  hang(page, 10 * WATCHDOG_MS);
  const error = await firstError(`${transport}, for good`, hook, page);
  assert.match(String(error), /^ProtocolError: .* timed out/, transport);
  await inTime(WATCHDOG_MS, transport, page.close());
  const next = await pageOf(browser);
  assert.equal(await pictures(`${transport}, on the next page`, hook, next), right);
  await next.close();
}

test("a page that hangs for a while is waited for, one that hangs for good ends in puppeteer's own error", {
  skip: withoutProc,
}, async (t) => {
  await Promise.all(TRANSPORTS.map((transport) => assertHang(t, transport)));
  for (let tries = 0; tries < 100 && listeningPorts().length > 0; tries++) await sleep(30);
  assert.deepEqual(listeningPorts(), [], "a port is left");
  assert.deepEqual(unhandled, []);
});
