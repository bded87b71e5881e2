import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

/** Ends the test where something is waited for that has not come after `limitMs`. */
export async function inTime<T>(limitMs: number, about: string, work: Promise<T>): Promise<T> {
  const ended = new AbortController();
  const watchdog = sleep(limitMs, undefined, ended).then(() => assert.fail(`${about}: never settled`));
  watchdog.catch(() => undefined);
  try {
    return await Promise.race([work, watchdog]);
  } finally {
    ended.abort();
  }
}

/** Waits until something holds; ends the test where it does not within `limitMs`. */
export async function eventually(
  holds: () => boolean | Promise<boolean>,
  about: string,
  limitMs: number,
): Promise<void> {
  for (const start = performance.now(); !(await holds()); await sleep(50))
    assert.ok(performance.now() - start < limitMs, `${about}: not within ${limitMs} ms`);
}
