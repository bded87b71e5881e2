/** `hyperframes-native doctor` with the real Chrome and the real CLI: which transport a project's page takes, and why. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { detailsOf, runDoctor, startDoctor } from "../support/doctor.ts";
import { withFaults } from "../support/faults.ts";
import { FrameFolder } from "../support/frames.ts";
import { root } from "../support/paths.ts";
import { processesWith } from "../support/process-state.ts";

const CHROME = {
  PRODUCER_HEADLESS_SHELL_PATH:
    process.env.PRODUCER_HEADLESS_SHELL_PATH ?? "/usr/bin/chromium-headless-shell",
};

/** A project with the installed CLI, linked as pnpm and workspaces do it. */
function writeProject(t: TestContext, html: string): string {
  const project = new FrameFolder(t).path;
  mkdirSync(join(project, "node_modules"));
  symlinkSync(join(root, "node_modules/hyperframes"), join(project, "node_modules/hyperframes"));
  writeFileSync(join(project, "index.html"), html);
  return project;
}

const withPolicy = (policy: string) =>
  `<!doctype html><meta http-equiv="Content-Security-Policy" content="${policy}"><body></body>`;

async function listen(t: TestContext, server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return String((server.address() as AddressInfo).port);
}

interface PageDetails {
  readonly transport: string;
  readonly rejected: readonly string[];
}

test("a plain project: the CLI is swapped, frames go as files, nothing is fetched or left behind", async (t) => {
  let hits = 0;
  const port = await listen(
    t,
    createServer((_, response) => {
      hits++;
      response.end();
    }),
  );
  const page = `<!doctype html><script src="http://localhost:${port}/a.js"></script><img src="http://localhost:${port}/b.png">`;
  const project = writeProject(t, page);
  const TMPDIR = new FrameFolder(t).path;
  const { code, stderr, report, one } = await runDoctor({ project, env: { ...CHROME, TMPDIR } });
  assert.deepEqual([code, stderr], [0, ""]);
  assert.equal(report.verdict.faults, 0, JSON.stringify(report, null, 2));
  assert.match(one("PACKAGE_SWAPPED").found, /^hyperframes .*screenshots at dist\//);
  assert.match(one("CHROME_STARTS").found, /Chrome\/\d+\..* PRODUCER_HEADLESS_SHELL_PATH/);
  assert.deepEqual(detailsOf<PageDetails>(one("PAGE_TRANSPORT")).transport, "file");
  assert.equal(hits, 0);
  assert.deepEqual(readdirSync(TMPDIR), []);
});

test("a policy without blobs: inline, by the policy, and what to write", async (t) => {
  const project = writeProject(t, withPolicy("img-src 'self' data:"));
  const { code, one } = await runDoctor({ project, env: CHROME });
  assert.equal(code, 0); // the swap happens; it is only slower
  const policy = one("PAGE_POLICY");
  assert.equal(policy.status, "warning");
  assert.match(
    policy.found,
    /as inline;.*\("img-src 'self' data:"\) refuses blob: by img-src\. Not taken: file: .*served: /,
  );
  assert.match(policy.advice, /^Write "img-src 'self' data: blob:"/);
});

test("a policy without connections: files all the same; asked for the server, it is named", async (t) => {
  const project = writeProject(t, withPolicy("connect-src 'none'"));
  const { one } = await runDoctor({ project, env: CHROME });
  assert.deepEqual(detailsOf<PageDetails>(one("PAGE_TRANSPORT")).rejected, []);
  const served = await runDoctor({ project, env: { ...CHROME, HYPERFRAMES_NATIVE_TRANSPORT: "served" } });
  assert.match(served.one("PAGE_POLICY").advice, /^Write "connect-src http:\/\/127\.0\.0\.1:\*"/);
});

test("a policy without any of them: no frame can be shown, by either way", async (t) => {
  const project = writeProject(t, withPolicy("img-src 'none'"));
  const { one } = await runDoctor({ project, env: CHROME });
  const blank = one("PAGE_SHOWS_NO_FRAME");
  assert.equal(blank.status, "fault");
  assert.match(blank.advice, /img-src .*data:/);
});

test("a server that does not start is the reason, not the policy", async (t) => {
  const project = writeProject(t, "<!doctype html>");
  const env = { ...CHROME, ...withFaults({ server: "bind" }), HYPERFRAMES_NATIVE_TRANSPORT: "served" };
  const { one } = await runDoctor({ project, env });
  assert.match(one("PAGE_TRANSPORT_REJECTED").found, /as inline .*Not taken: served: /);
});

test("no page in the folder: an empty one is tried, and that is said", async (t) => {
  const project = writeProject(t, "");
  const { of, one } = await runDoctor({ project, env: CHROME, args: [join(project, "node_modules")] });
  assert.match(one("PAGE_MISSING").found, /node_modules\/index\.html does not exist/);
  assert.equal(of("PAGE_TRANSPORT").length, 1);
});

test("a Chrome that exists and does not start: the variable and Chrome's own reason", async (t) => {
  const project = writeProject(t, "<!doctype html>");
  const HYPERFRAMES_BROWSER_PATH = join(project, "chrome");
  writeFileSync(HYPERFRAMES_BROWSER_PATH, "#!/bin/sh\necho libnss3.so: not found >&2\nexit 127\n");
  chmodSync(HYPERFRAMES_BROWSER_PATH, 0o755);
  const { code, report, one } = await runDoctor({ project, env: { HYPERFRAMES_BROWSER_PATH } });
  assert.equal(code, 1);
  assert.deepEqual([report.verdict.swap, report.verdict.render], [true, false]);
  const fault = one("CHROME_DOES_NOT_START");
  assert.ok(fault.found.startsWith(`HYPERFRAMES_BROWSER_PATH=${HYPERFRAMES_BROWSER_PATH} does not start`));
  assert.match(detailsOf<{ reason: string }>(fault).reason, /libnss3/);
});

test("a headless shell that HyperFrames does not look for is used, and the variable to set is named", async (t) => {
  const project = writeProject(t, "<!doctype html>");
  const shell = join(project, "chromium-headless-shell");
  symlinkSync(CHROME.PRODUCER_HEADLESS_SHELL_PATH, shell);
  const { one } = await runDoctor({ project, env: { HOME: project, PATH: project } });
  assert.ok(one("CHROME_OUT_OF_SIGHT").advice.startsWith(`Set PRODUCER_HEADLESS_SHELL_PATH=${shell} `));
  assert.equal(one("PAGE_TRANSPORT").status, "ok");
});

test("Ctrl-C: ended by the signal, Chrome is gone and so is everything written", async (t) => {
  const server = createServer(() => undefined); // never answers: the page stays loading
  const arrived = once(server, "request");
  const port = await listen(t, server);
  const project = writeProject(t, `<!doctype html><script src="http://127.0.0.1:${port}/never.js"></script>`);
  const TMPDIR = new FrameFolder(t).path;
  const { child, ended } = startDoctor({ project, args: ["--json"], env: { ...CHROME, TMPDIR } });
  await Promise.race([arrived, ended]);
  assert.ok(processesWith(TMPDIR, "cmdline").length > 0);
  child.kill("SIGINT");
  const { code, signal, stdout } = await ended;
  assert.deepEqual([code, signal, stdout], [null, "SIGINT", ""]);
  assert.deepEqual(readdirSync(TMPDIR), []);
  assert.deepEqual(processesWith(TMPDIR, "cmdline"), []);
});
