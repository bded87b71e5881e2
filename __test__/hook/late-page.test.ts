/** A page that stops answering what it is asked ahead of time holds a render up once, by the one bound, and then takes its frames inline. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createVideoFrameInjector } from "hyperframes-native";
import { BlobPage } from "../support/blob-page.ts";
import { FrameFolder, jpegLike } from "../support/frames.ts";
import { StubLookup } from "../support/stub-page.ts";

test("a round ahead that is never answered: the step that waits for it goes inline, and so do all others", async (t) => {
  const folder = new FrameFolder(t);
  const paths = Array.from({ length: 20 }, (_, n) => folder.write(`${n}.jpg`, jpegLike(64, n)));
  const lookup = new StubLookup((time) => {
    const n = Math.round(time * 10);
    return n < paths.length ? { v: [paths[n] ?? "", n] } : {};
  });
  const logger = { info: () => {} };
  const hook = createVideoFrameInjector(lookup, { transport: "file", logger });
  assert.ok(hook);
  const page = new BlobPage();

  // The frames of the first two steps are answered; the round ahead that follows is not.
  let asked = 0;
  let isStuck = () => {};
  const stuck = new Promise<void>((resolve) => {
    isStuck = resolve;
  });
  const { createCDPSession } = page;
  page.createCDPSession = async () => {
    const session = await createCDPSession();
    const send: typeof session.send = (method, parameters) => {
      if (method !== "Runtime.callFunctionOn" || ++asked <= 2) return session.send(method, parameters);
      isStuck();
      return new Promise(() => undefined);
    };
    return { ...session, send };
  };

  await hook(page, 0);
  t.mock.timers.enable({ apis: ["setTimeout"] });
  await hook(page, 0.1);
  await stuck;
  const waiting = hook(page, 0.2);
  t.mock.timers.tick(10_000);
  t.mock.timers.reset();
  // No second bound, which would take real time from here on.
  const abort = new AbortController();
  const { signal } = abort;
  const late = sleep(5_000, "late", { signal }).catch(() => undefined);
  assert.notEqual(await Promise.race([waiting, late]), "late");
  abort.abort();
  assert.equal(page.shows("v"), 2);
  for (let n = 3; n < 20; n++) {
    await hook(page, n / 10);
    assert.equal(page.shows("v"), n);
  }
  const { framesBy, fallbacks } = hook.stats();
  assert.deepEqual(framesBy, { file: 2, inline: 18 });
  assert.deepEqual(fallbacks, [{ reason: "file: no answer within 10 s", count: 1 }]);
  assert.equal(asked, 3);
  page.close();
});
