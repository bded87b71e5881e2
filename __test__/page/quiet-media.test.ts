/** When a page is told to be quiet, and what is made of what it says. What it then does is in `page/quiet-media.page.test.ts`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createVideoFrameInjector } from "hyperframes-native";
import { mediaCounts, quietAudio } from "../../dist/ts/page/quiet-media-page.js";
import { StubLookup, StubPage } from "../support/stub-page.ts";

/** A page that says in its diary when it is quieted and asked; `counts` is what it answers. */
class AskedPage extends StubPage {
  counts: unknown = { quieted: 2, seeksSaved: 5 };
  override async evaluate(pageFunction: { name: string }, argument: unknown): Promise<unknown> {
    if (pageFunction === quietAudio) this.diary.push("quiet");
    if (pageFunction === mediaCounts) {
      this.diary.push("ask");
      if (this.counts instanceof Error) throw this.counts;
      return this.counts;
    }
    return super.evaluate(pageFunction, argument);
  }
}

function hookFor() {
  const logger = { info: () => {} };
  const hook = createVideoFrameInjector(new StubLookup(() => ({})), { logger });
  assert.ok(hook);
  return hook;
}

test("a page is quieted once, before upstream's functions run, also when no video is active; then it is asked now and then", async () => {
  const hook = hookFor();
  const page = new AskedPage();
  for (let n = 0; n < 17; n++) await hook(page, n);
  assert.deepEqual(page.diary.slice(0, 2), ["quiet", "sync"]);
  const asked = page.diary.join(" ").replaceAll("sync", ".").replaceAll(" ", "");
  assert.equal(asked, "quiet.ask.ask..ask....ask........ask.");
  // Another hook on the same page, as when a session is used again.
  await hookFor()(page, 0);
  assert.equal(page.diary.filter((entry) => entry === "quiet").length, 1);
  await sleep(0);
  assert.deepEqual(hook.stats().media, { quieted: 2, seeksSaved: 5 }, "the same seeks count once");
});

test("the most elements of one page, the seeks of all", async () => {
  const hook = hookFor();
  const [one, other] = [new AskedPage(), new AskedPage()];
  other.counts = { quieted: 3, seeksSaved: 7 };
  for (const time of [0, 1]) await Promise.all([hook(one, time), hook(other, time)]);
  other.counts = { quieted: 3, seeksSaved: 9 };
  await hook(other, 2);
  await sleep(0);
  assert.deepEqual(hook.stats().media, { quieted: 3, seeksSaved: 14 });
});

test("what the page says is not believed if it makes no sense; a page that fails fails nothing", async () => {
  for (const counts of [
    true,
    "12",
    {},
    { quieted: -1, seeksSaved: 2 },
    { quieted: 1, seeksSaved: 1e300 },
    new Error("x"),
  ]) {
    const hook = hookFor();
    const page = new AskedPage();
    page.counts = counts;
    for (let n = 0; n < 9; n++) await hook(page, n);
    await sleep(0);
    assert.deepEqual(hook.stats().media, { quieted: 0, seeksSaved: 0 });
  }
  const page = new AskedPage();
  const evaluate = page.evaluate.bind(page);
  page.evaluate = async (pageFunction, argument) => {
    if (pageFunction === quietAudio || pageFunction === mediaCounts) throw new Error("Target closed");
    return evaluate(pageFunction, argument);
  };
  await hookFor()(page, 0);
  assert.deepEqual(page.diary, ["sync"]);
});

test("a page that has loaded another document is quieted again", async () => {
  const hook = hookFor();
  const page = new AskedPage();
  await hook(page, 0);
  page.counts = null;
  await hook(page, 1);
  await sleep(0);
  await hook(page, 2);
  assert.deepEqual(page.diary, ["quiet", "sync", "ask", "sync", "quiet", "sync"]);
});

test("HYPERFRAMES_NATIVE_MEDIA=keep leaves every page alone", async (t) => {
  process.env.HYPERFRAMES_NATIVE_MEDIA = " Keep ";
  t.after(() => delete process.env.HYPERFRAMES_NATIVE_MEDIA);
  const hook = hookFor();
  const page = new AskedPage();
  for (let n = 0; n < 9; n++) await hook(page, n);
  assert.deepEqual(new Set(page.diary), new Set(["sync"]));
});
