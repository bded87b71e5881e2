/**
 * Every wait in the hook's path, on every transport: the page closed there, the browser killed there, the wait failing, and the call given
 * up there. On a page without a browser, so that all of them can be tried; on real pages in `hook/await-faults.page.test.ts`.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createVideoFrameInjector, type FrameHook, type TransportChoice } from "hyperframes-native";
import { Awaits, countNative, countPage, type Fault } from "../support/awaits.ts";
import { asIfBeginFrame } from "../support/begin-frame.ts";
import { BlobPage, type Refusals } from "../support/blob-page.ts";
import { FrameFolder, jpegLike } from "../support/frames.ts";
import { inTime } from "../support/in-time.ts";
import { listeningPorts, withoutProc } from "../support/process-state.ts";
import { StubLookup } from "../support/stub-page.ts";

const FRAMES = 12;
/** A linear beginning that is looked ahead from, a jump, and on to the last frame, which shows and has none after it. */
const STEPS = [0, 1, 2, 8, 9, 10, 11];
const WATCHDOG_MS = 8_000;
/** Time for a call that is given up to go on as far as it can. */
const GRACE_MS = 10;

const WAYS: ReadonlyArray<[name: string, transport: TransportChoice, refusals: Refusals]> = [
  ["file", "file", {}],
  ["served", "served", {}],
  ["inline", "inline", {}],
  ["auto, files refused", "auto", { files: true }],
  ["auto, all refused", "auto", { files: true, fetches: true }],
];

const folder = new FrameFolder({ after });
// Large enough for `auto` not to send them inline by itself; each carries its number.
const paths = Array.from({ length: FRAMES }, (_, n) => folder.write(`${n}.jpg`, jpegLike(13_000, n)));
const unhandled: unknown[] = [];
const keepUnhandled = (error: unknown) => unhandled.push(error);
process.on("unhandledRejection", keepUnhandled);
after(() => process.off("unhandledRejection", keepUnhandled));

function hookFor(transport: TransportChoice): FrameHook {
  const lookup = StubLookup.ofVideo(FRAMES, (n) => paths[n] ?? "");
  const logger = { info: () => {} };
  const hook = createVideoFrameInjector(lookup, { transport, logger });
  assert.ok(hook);
  return hook;
}

function pageFor(refusals: Refusals, awaits?: Awaits): BlobPage {
  const page = new BlobPage(refusals);
  asIfBeginFrame(page);
  if (awaits !== undefined) countPage(page, awaits);
  return page;
}

async function assertRenders(about: string, hook: FrameHook, page: BlobPage): Promise<void> {
  for (const n of STEPS) {
    await inTime(WATCHDOG_MS, about, hook(page, n / 10));
    assert.equal(page.shows("v"), n, `${about}: frame ${n}`);
  }
  assertNoBlobLeft(about, page);
}

/** At the last frame there is nothing ahead: the page keeps what it shows. */
function assertNoBlobLeft(about: string, page: BlobPage): void {
  assert.ok(page.blobs.size <= 1, `${about}: ${page.blobs.size} blobs are left`);
}

async function assertNothingListens(about: string): Promise<void> {
  for (let tries = 0; tries < 100 && listeningPorts().length > 0; tries++) await sleep(30);
  assert.deepEqual(listeningPorts(), [], `${about}: a port is left`);
}

/** Runs `scenario` for each wait of each way, until a run has no such wait; gives how many there were. */
async function forEachWait(
  scenario: (about: string, at: number, way: (typeof WAYS)[number]) => Promise<Awaits>,
): Promise<void> {
  for (const way of WAYS) {
    const seen = new Set<string>();
    let at = 1;
    for (; ; at++) {
      const about = `${way[0]}, wait ${at}`;
      const awaits = await scenario(about, at, way);
      if (awaits.faulted === undefined) break;
      seen.add(awaits.faulted);
      assert.deepEqual(unhandled, [], `${about} (${awaits.faulted})`);
    }
    // The page's messages and the native side's work are all among them.
    const expected = way[1] === "inline" ? 4 : 6;
    assert.ok(at > STEPS.length && seen.size >= expected, `${at} waits: ${Array.from(seen).join(", ")}`);
  }
}

const ENDS: ReadonlyArray<[name: string, fault: (page: () => BlobPage) => Fault]> = [
  [
    "the page is closed before it",
    (page) => (call) => {
      page().close();
      return call();
    },
  ],
  [
    "the page is closed during it",
    (page) => (call) => {
      const answer = call();
      page().close();
      return answer;
    },
  ],
  [
    "the browser is killed during it",
    (page) => (call) => {
      const answer = call();
      page().kill();
      return answer;
    },
  ],
];

for (const [name, fault] of ENDS) {
  test(`${name}: the page's own error, nothing is kept, and the next page is rendered`, {
    skip: withoutProc,
  }, async () => {
    const warnings: string[] = [];
    const listen = (warning: Error) => warnings.push(warning.message);
    process.on("warning", listen);
    await forEachWait(async (about, at, [, transport, refusals]) => {
      const awaits: Awaits = new Awaits(
        at,
        fault(() => page),
      );
      const page = pageFor(refusals, awaits);
      const hook = hookFor(transport);
      await countNative(awaits, async () => {
        let failed = 0;
        let calls = 0;
        for (const n of [...STEPS, 4, 5]) {
          const ended = awaits.faulted !== undefined; // the call before went well all the same: it was the look-ahead
          const outcome = await inTime(
            WATCHDOG_MS,
            about,
            hook(page, n / 10).then(
              () => undefined,
              (error: Error) => error,
            ),
          );
          if (outcome !== undefined) {
            assert.match(outcome.message, /^Protocol error \(.*\): (Target closed|Session closed)/, about);
            assert.equal(outcome.name, "Error", about);
            failed++;
          } else {
            assert.ok(!ended, `${about}: a page that is gone was rendered`);
          }
          if (awaits.faulted !== undefined && ++calls === 2) break;
        }
        // The last messages are not waited for: the next call finds the page gone.
        if (awaits.faulted !== undefined && failed === 0)
          await assert.rejects(hook(page, 0.6), /Protocol error/, about);
      });
      page.close();
      await assertNothingListens(about);
      const next = pageFor(refusals);
      await assertRenders(`${about} (${awaits.faulted}), then`, hook, next);
      next.close();
      await assertNothingListens(about);
      return awaits;
    });
    process.off("warning", listen);
    // A page that is closed is not one on which frames get lost.
    assert.doesNotMatch(warnings.join("\n"), /closed/);
  });
}

const TIMED_OUT = "Runtime.callFunctionOn timed out. Increase the 'protocolTimeout' setting";
const FAILURES: ReadonlyArray<[name: string, fault: Fault]> = [
  ["it fails", async () => Promise.reject(new Error(TIMED_OUT))],
  ["its answer is lost", (call) => call().then(() => Promise.reject(new Error(TIMED_OUT)))],
];

for (const [name, fault] of FAILURES) {
  test(`${name}, once, and the page lives on: the same step again is right, and no blob is left`, {
    skip: withoutProc,
  }, async () => {
    await forEachWait(async (about, at, [, transport, refusals]) => {
      const awaits = new Awaits(at, fault);
      const page = pageFor(refusals, awaits);
      const hook = hookFor(transport);
      await countNative(awaits, async () => {
        let failed = 0;
        for (const n of STEPS) {
          await inTime(WATCHDOG_MS, about, hook(page, n / 10)).catch(async (error: Error) => {
            assert.equal(error.message, TIMED_OUT, about);
            assert.equal(++failed, 1, about);
            await inTime(WATCHDOG_MS, about, hook(page, n / 10));
          });
          assert.equal(page.shows("v"), n, `${about} (${awaits.faulted}): frame ${n}`);
        }
        awaits.stop();
        await hook(page, (STEPS.at(-1) ?? 0) / 10); // what a message could not do at the end, the next one does
        // A message whose answer was lost made blobs that nobody knows of: those of that one message are the page's until it is closed.
        const lost = name === "its answer is lost" && /callFunctionOn|fetchBlobs/.test(awaits.faulted ?? "");
        if (!lost) assertNoBlobLeft(`${about} (${awaits.faulted})`, page);
      });
      page.close();
      await assertNothingListens(about);
      return awaits;
    });
  });
}

test("the call is given up there: another page is rendered meanwhile, and the old one is no obstacle", {
  skip: withoutProc,
}, async () => {
  await forEachWait(async (about, at, [, transport, refusals]) => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const awaits = new Awaits(at, (call) => released.then(call));
    const page = pageFor(refusals, awaits);
    const hook = hookFor(transport);
    await countNative(awaits, async () => {
      let given: Promise<void> | undefined;
      let last = 0;
      for (const n of STEPS) {
        last = n;
        const call = hook(page, n / 10);
        const stuck = awaits.happened.then(() => sleep(GRACE_MS, true));
        if ((await inTime(WATCHDOG_MS, about, Promise.race([call, stuck]))) === true) {
          given = call;
          break;
        }
      }
      awaits.stop();
      const next = pageFor(refusals);
      await assertRenders(`${about} (${awaits.faulted}), meanwhile`, hook, next);
      release();
      if (given !== undefined) await inTime(WATCHDOG_MS, `${about} (${awaits.faulted}), at last`, given);
      assert.equal(page.shows("v"), last, about);
      assert.equal(next.shows("v"), STEPS.at(-1), about);
      page.close();
      next.close();
    });
    await assertNothingListens(about);
    return awaits;
  });
});
