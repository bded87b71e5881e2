// A hostile client on the same machine: it learns nothing, takes nothing, and keeps nobody waiting. The whole form is `npm run attack`.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { attackHost } from "../support/hostile-client/attack-host.ts";
import { attackRender } from "../support/hostile-client/attack-render.ts";

const REQUESTS = 100_000;
const HOST_LIMIT_MS = 10_000;

describe("a hostile client on this machine", {
  skip: process.platform !== "linux" && "it finds and watches processes in /proc",
}, () => {
  it("gets nothing but refusals and the frames that it knows, and keeps no honest client out", async (t) => {
    const attack = await attackHost(REQUESTS, AbortSignal.timeout(HOST_LIMIT_MS), 1);
    t.diagnostic(JSON.stringify(attack));
    assert.ok(attack.summary.requests > 5_000 && attack.summary.answers > 1_000 && attack.honest.frames > 10);
  });

  it("changes nothing of a render that is going on", async (t) => {
    const attack = await attackRender(2, 2);
    t.diagnostic(JSON.stringify(attack));
    assert.ok(attack.summary.requests > 500);
    // A step whose connection was lost in the crowd goes inline; most go as they would.
    assert.ok((attack.framesBy.served ?? 0) > attack.frames / 2, JSON.stringify(attack.framesBy));
  });
});
