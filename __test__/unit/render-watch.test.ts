/** When a render is over, and who is told. */
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import { createVideoFrameInjector } from "hyperframes-native";
import { FrameFolder, jpegLike } from "../support/frames.ts";
import { StubLookup, StubPage, stubPageFunctions } from "../support/stub-page.ts";

/** A page that can be closed. */
class ClosingPage extends StubPage {
  readonly #events = new EventEmitter();
  once = this.#events.once.bind(this.#events);

  close(): void {
    this.#events.emit("close");
  }
}

test("a render is summed up once, when all its pages are closed and none follows", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const path = new FrameFolder(t).write("a.jpg", jpegLike(90));
  const lines: string[] = [];
  const logger = { info: (line: string) => lines.push(line) };
  const worker = (options: object) => {
    const lookup = new StubLookup(() => ({ a: [path, 0] }));
    const hook = createVideoFrameInjector(lookup, { pageFunctions: stubPageFunctions, ...options });
    assert.ok(hook);
    return { hook, page: new ClosingPage() };
  };
  // Any worker's logger will do.
  const [one, two] = [worker({}), worker({ logger })];
  await one.hook(one.page, 0);
  await two.hook(two.page, 0);
  one.page.close();
  t.mock.timers.tick(5_000);
  assert.deepEqual(lines, [], "the second page is open");
  await two.hook(two.page, 1);
  two.page.close();
  t.mock.timers.tick(999);
  const three = worker({});
  await three.hook(three.page, 0);
  t.mock.timers.tick(5_000);
  assert.deepEqual(lines, [], "another page came in time");
  three.page.close();
  t.mock.timers.tick(1_000);
  assert.equal(lines.length, 1);
  assert.match(
    lines[0] ?? "",
    /^hyperframes-native: 3 frames in 4 steps \(3 inline\); hook p50 .*; no fallback/,
  );

  const next = worker({ logger });
  await next.hook(next.page, 0);
  next.page.close();
  t.mock.timers.tick(1_000);
  assert.match(lines[1] ?? "", /^hyperframes-native: 1 frame in 1 step /);
  assert.equal(lines.length, 2);
});
