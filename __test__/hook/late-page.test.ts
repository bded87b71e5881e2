/** A page that stops answering what it is asked ahead of time holds a render up once, by the one bound, and then takes its frames inline. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createVideoFrameInjector, type FrameHook } from "hyperframes-native";
import { BlobPage } from "../support/blob-page.ts";
import { FrameFolder, jpegHead, jpegLike } from "../support/frames.ts";
import { StubLookup } from "../support/stub-page.ts";

test("a round ahead that is never answered: the step that waits for it goes inline, and so do all others", async (t) => {
  const { page, hook } = scene(t, (n) => jpegLike(64, n));
  // The frames of the first two steps are answered; the round ahead that follows is not.
  let asked = 0;
  const never = stuck();
  const { createCDPSession } = page;
  page.createCDPSession = async () => {
    const session = await createCDPSession();
    const send: typeof session.send = (method, parameters) =>
      method !== "Runtime.callFunctionOn" || ++asked <= 2 ? session.send(method, parameters) : never.answer();
    return { ...session, send };
  };

  await hook(page, 0);
  t.mock.timers.enable({ apis: ["setTimeout"] });
  await hook(page, 0.1);
  await never.asked;
  await oneBound(t, hook(page, 0.2));
  assert.equal(page.shows("v"), 2);
  await inlineFrom(3, page, hook);
  assert.equal(page.shows("v"), 19);
  assert.deepEqual(hook.stats().framesBy, { file: 2, inline: 18 });
  assert.equal(asked, 3);
  page.close();
});

test("frames that take more than Chrome keeps decoded, and a page that never says it has loaded them: the same", async (t) => {
  const { page, hook } = scene(t, (n) => jpegHead(8192, 8192, n));
  const never = stuck();
  const { evaluate } = page;
  let probes = 0;
  // The first time is the trial of the page.
  page.evaluate = (pageFunction, argument) =>
    pageFunction.name === "probeImages" && ++probes > 1 ? never.answer() : evaluate(pageFunction, argument);

  await hook(page, 0);
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const waiting = hook(page, 0.1);
  await never.asked;
  await oneBound(t, waiting);
  await inlineFrom(2, page, hook);
  assert.deepEqual(hook.stats().framesBy, { file: 2, inline: 18 });
  assert.equal(probes, 2);
  page.close();
});

/** A page that shows 20 frames, one each 0.1 s. */
function scene(t: TestContext, bytes: (n: number) => Buffer) {
  const folder = new FrameFolder(t);
  const paths = Array.from({ length: 20 }, (_, n) => folder.write(`${n}.jpg`, bytes(n)));
  const lookup = new StubLookup((time) => {
    const n = Math.round(time * 10);
    return n < paths.length ? { v: [paths[n] ?? "", n] } : {};
  });
  const hook = createVideoFrameInjector(lookup, { transport: "file", logger: { info: () => {} } });
  assert.ok(hook);
  return { page: new BlobPage(), hook };
}

/** An answer that never comes; `asked` resolves once it is waited for. */
function stuck() {
  let isAsked = () => {};
  const asked = new Promise<void>((resolve) => {
    isAsked = resolve;
  });
  const answer = () => {
    isAsked();
    return new Promise<never>(() => undefined);
  };
  return { asked, answer };
}

/** Awaits a step that waits for one bound, of 10 s by the mocked clock; a second one would take real time. */
async function oneBound(t: TestContext, waiting: Promise<void>): Promise<void> {
  t.mock.timers.tick(10_000);
  t.mock.timers.reset();
  const abort = new AbortController();
  const { signal } = abort;
  const late = sleep(5_000, "late", { signal }).catch(() => undefined);
  assert.notEqual(await Promise.race([waiting, late]), "late");
  abort.abort();
}

async function inlineFrom(first: number, page: BlobPage, hook: FrameHook): Promise<void> {
  for (let n = first; n < 20; n++) await hook(page, n / 10);
  assert.deepEqual(hook.stats().fallbacks, [{ reason: "file: no answer within 10 s", count: 1 }]);
}
