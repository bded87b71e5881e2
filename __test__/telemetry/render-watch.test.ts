/** When a render is over, and who is told. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { type TestContext, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createVideoFrameInjector, FrameCache } from "hyperframes-native";
import { HookTally } from "../../dist/ts/telemetry/hook-tally.js";
import { RenderWatch } from "../../dist/ts/telemetry/render-watch.js";
import { FrameFolder, jpegLike } from "../support/frames.ts";
import { StubLookup, StubPage } from "../support/stub-page.ts";

/** A page of a browser that can crash. */
class ClosingPage extends StubPage {
  readonly #events = new EventEmitter();
  readonly #browser = Object.assign(new EventEmitter(), { connected: true });
  once = this.#events.once.bind(this.#events);

  browser() {
    return this.#browser;
  }

  close(): void {
    this.#events.emit("close");
  }

  /** The browser ends, with or without a word. */
  crash(silently: boolean): void {
    this.#browser.connected = false;
    if (!silently) this.#browser.emit("disconnected");
  }
}

/** Hooks and pages of one render after the other, and what is said of them. */
function fixture(t: TestContext) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const path = new FrameFolder(t).write("a.jpg", jpegLike(90));
  const lines: string[] = [];
  const logger = { info: (line: string) => lines.push(line) };
  const newRender = () => new StubLookup(() => ({ a: [path, 0] }));
  /** A hook and a page; of one render where they are given its table. */
  const worker = (lookup = newRender(), options: object = { logger }) => {
    const hook = createVideoFrameInjector(lookup, options);
    assert.ok(hook);
    return { hook, page: new ClosingPage() };
  };
  /** How many frames each line tells of. */
  const said = () =>
    lines.map((line) => Number(/^hyperframes-native is on: (\d+) video frame/.exec(line)?.[1]));
  return { worker, newRender, lines, said, logger };
}

test("a render is summed up once, when all its pages are closed and none follows", async (t) => {
  const { worker, newRender, lines } = fixture(t);
  const render = newRender();
  const [one, two] = [worker(render), worker(render)];
  await one.hook(one.page, 0);
  await two.hook(two.page, 0);
  one.page.close();
  t.mock.timers.tick(100_000);
  assert.deepEqual(lines, [], "the second page is open");
  await two.hook(two.page, 1);
  two.page.close();
  t.mock.timers.tick(29_999);
  // As upstream's calibration is followed by the render: another hook, another browser, the same table.
  const three = worker(render);
  await three.hook(three.page, 0);
  t.mock.timers.tick(100_000);
  assert.deepEqual(lines, [], "another page came in time");
  three.page.close();
  t.mock.timers.tick(30_000);
  assert.deepEqual(lines, ["hyperframes-native is on: 3 video frames, all inline."]);
});

test("a hook that goes on with another page later begins another render", async (t) => {
  const { worker, said } = fixture(t);
  const { hook, page } = worker();
  await hook(page, 0);
  await hook(page, 1);
  page.close();
  t.mock.timers.tick(30_000);
  const later = new ClosingPage();
  await hook(later, 0);
  later.close();
  t.mock.timers.tick(30_000);
  assert.deepEqual(said(), [1, 1]);
  assert.equal(hook.stats().hook.calls, 3);
});

test("a browser that crashes ends its render, even if nobody is told", async (t) => {
  const { worker, newRender, said } = fixture(t);
  const crashed = worker();
  await crashed.hook(crashed.page, 0);
  crashed.page.crash(false);
  t.mock.timers.tick(30_000);
  assert.deepEqual(said(), [1]);
  const render = newRender();
  const silent = worker(render);
  await silent.hook(silent.page, 0);
  silent.page.crash(true);
  t.mock.timers.tick(100_000);
  assert.equal(said().length, 1);
  // It is seen with the next page of any render; one of the same render goes on with it.
  const again = worker(render);
  await again.hook(again.page, 0);
  again.page.crash(true);
  const other = worker();
  await other.hook(other.page, 0);
  t.mock.timers.tick(30_000);
  assert.deepEqual(said(), [1, 2]);
  other.page.close();
  t.mock.timers.tick(30_000);
  assert.deepEqual(said(), [1, 2, 1]);
});

test("renders at the same time do not mix; a logger that throws is told of, and harms nobody", async (t) => {
  const { worker, newRender, said } = fixture(t);
  const warned = new Promise<Error & { code?: string }>((resolve) => process.once("warning", resolve));
  const broken = {
    info: () => {
      throw new Error("the disk is full");
    },
  };
  worker(newRender(), { logger: broken }); // a hook that is never called
  const [one, two, three] = [worker(newRender(), { logger: broken }), worker(), worker()];
  for (const { hook, page } of [one, two, three]) await hook(page, 0);
  for (const { page } of [one, two, three]) page.close();
  t.mock.timers.tick(30_000);
  assert.deepEqual(said(), [1, 1]);
  assert.equal((await warned).code, "LOGGER_FAILED");
});

test("thousands of renders leave no listener behind", async (t) => {
  const { worker, lines } = fixture(t);
  const before = process.listenerCount("exit");
  for (let n = 0; n < 2_000; n++) {
    const { hook, page } = worker();
    await hook(page, 0);
    page.close();
    t.mock.timers.tick(30_000);
  }
  assert.equal(lines.length, 2_000);
  assert.ok(process.listenerCount("exit") <= before + 1);
});

test("a render that goes on keeps nothing of the hooks whose pages are closed", async (t) => {
  const { worker, newRender, logger, lines } = fixture(t);
  const lookup = newRender();
  const long = worker(lookup);
  const cache = new FrameCache();
  await long.hook(long.page, 0);
  const others = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const tally = new HookTally();
      const page = new ClosingPage();
      RenderWatch.opened(
        { lookup, tally, logger, cache, limits: { entryLimit: 1, bytesLimit: 1, strict: false } },
        page,
      );
      tally.injected("file", 1);
      page.close();
      return new WeakRef(tally);
    }),
  );
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  // What a weak reference gave stays until the turn is over.
  for (let n = 0; n < 5; n++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  // Each holds a histogram of a tenth of a megabyte, of which V8 does not know.
  assert.ok(others.filter((reference) => reference.deref() !== undefined).length <= 1);
  long.page.close();
  t.mock.timers.tick(30_000);
  assert.deepEqual(lines, ["hyperframes-native is on: 21 video frames, 20 as files, 1 inline."]);
});

test("a summary that nobody reads any more does not end the process", async () => {
  const program = `
    import { say } from ${JSON.stringify(new URL("../../dist/ts/telemetry/process-end.js", import.meta.url).href)};
    process.stdin.once("data", () => {
      say("one");
      setTimeout(() => say("two"), 20);
      setTimeout(() => console.log("alive"), 60);
      process.stdin.destroy();
    });`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program]);
  child.stderr.destroy();
  child.stdin.write("go");
  let said = "";
  child.stdout.on("data", (chunk) => (said += chunk));
  const [code] = await once(child, "close");
  assert.deepEqual([code, said], [0, "alive\n"]);
});
