/**
 * How the project's page takes its frames, and what its Content-Security-Policy has to do with it. Needs the native binary: imported only
 * where that loads.
 */
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { StepFrame } from "../../../ts/frame.js";
import { FrameCache, inspectFrames } from "../../../ts/native/binding.js";
import { type ProbedImage, probeImages } from "../../../ts/page/functions.js";
import { askedTransport } from "../../../ts/settings.js";
import { type Choice, chooseTransport, transportPolicy } from "../../../ts/transports/choose.js";
import { dataUris } from "../../../ts/transports/inline.js";
import { within } from "../../../ts/transports/transport.js";
import type { BrowserPage, LaunchedBrowser } from "./chrome.js";
import { type Finding, finding, reasonOf } from "./findings.js";

/** Longest that the page may take to load, in milliseconds. */
const LOAD_LIMIT_MS = 15_000;

/** Longest that the whole look may take: the transports bound themselves at 10 s. */
const LIMIT_MS = 45_000;

/** Tried where the project has no page: it has no policy of its own. */
const EMPTY_PAGE = "<!doctype html><title>hyperframes-native doctor</title>";

/** A PNG of 16x9 pixels: ffmpeg's test picture. */
const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAABAAAAAJCAIAAAC0SDtlAAAACXBIWXMAAAABAAAAAQBPJcTWAAAAXklEQVR42s2QwQ2AMAwDvQlsApvAJrAJbAKb" +
    "wCZHHVGERD/9ESWSHfnyiBRFdBpuCUmhx3kRpTcQmQIQtz5AzpQBMvJHwGoUuw40oca+F6vjC+poxSxO+w0N9UDtWy8uQNAwko9DYAAAAABJRU5ErkJg" +
    "gg==",
  "base64",
);

/** What the page made of a frame. */
interface Seen {
  readonly choice: Choice;
  readonly violations: readonly Violation[];
  /** Why not even the transport that was taken shows the frame. */
  readonly blank: string | undefined;
}

/** Gives the project's page a frame in the way a render does, and says which transport it takes and why. */
export async function checkPage(
  project: string,
  browser: LaunchedBrowser,
  folder: string,
  atEnd: (task: () => unknown) => void,
): Promise<Finding[]> {
  const file = join(project, "index.html");
  const isThere = existsSync(file);
  const cache = new FrameCache();
  const policy = transportPolicy(undefined);
  const look = async (): Promise<Seen> => {
    const page = await browser.newPage();
    const url = await serve(isThere ? readFileSync(file, "utf8") : EMPTY_PAGE, atEnd);
    await page.goto(url, { waitUntil: "domcontentloaded", timeout: LOAD_LIMIT_MS });
    await page.evaluate(watchViolations);
    const frames = [writeFrame(folder)];
    const infos = await inspectFrames(cache, frames);
    const choice = await chooseTransport(page, policy.transports, {
      frames,
      infos,
      dataUris: (undecoded) => dataUris(cache, undecoded),
      discard: () => undefined,
    });
    // Data URIs are taken untried.
    const made = choice.open?.made.map(({ url }) => url);
    const blank = await blankOf(page, made ?? Array.from((await dataUris(cache, frames)).values()));
    return { choice, blank, violations: await page.evaluate(readViolations) };
  };
  const name = isThere ? "index.html" : "An empty page";
  const findings = isThere ? [] : [finding("PAGE_MISSING", { file })];
  try {
    findings.push(judge(name, await within(LIMIT_MS, look(), () => undefined), policy.leastStepBytes));
  } catch (error) {
    findings.push(finding("PAGE_DOES_NOT_LOAD", { name, reason: reasonOf(error) }));
  }
  return findings;
}

/** Serves one page on a loopback address, as upstream does while it renders; everything else is not found. */
async function serve(html: string, atEnd: (task: () => unknown) => void): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url !== "/") {
      response.writeHead(404).end();
      return;
    }
    response
      .writeHead(200, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" })
      .end(html);
  });
  server.listen(0, "127.0.0.1");
  atEnd(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Writes a frame as ffmpeg's extraction does. */
function writeFrame(folder: string): StepFrame {
  const framePath = join(folder, "frame_00001.png");
  writeFileSync(framePath, PICTURE);
  return { videoId: "hyperframes-native-doctor", framePath, frameIndex: 0 };
}

async function blankOf(page: BrowserPage, urls: readonly string[]): Promise<string | undefined> {
  const seen: ProbedImage[] = await page.evaluate(probeImages, urls, true);
  for (const image of seen) if ("error" in image) return image.error;
  return undefined;
}

function judge(name: string, { choice, violations, blank }: Seen, leastStepBytes: number): Finding {
  const { name: transport, rejected } = choice;
  const asked = askedTransport();
  const wish = asked === "auto" ? "" : ` (HYPERFRAMES_NATIVE_TRANSPORT=${asked})`;
  const notTaken = rejected.length === 0 ? "" : ` Not taken: ${rejected.join("; ")}.`;
  const facts = { name, transport, asked, wish, leastStepBytes, notTaken };
  const details = { transport, asked, rejected, violations, leastStepBytes };
  const violation = decisiveViolation(violations);
  const refusal = violation === undefined ? "" : refusalOf(violation);
  if (blank !== undefined) {
    const data = violations.findLast(({ blocked }) => blocked === "data");
    const advice = violation && policyAdvice(data ?? violation);
    return finding("PAGE_SHOWS_NO_FRAME", { ...facts, blank, refusal, policyAdvice: advice }, details);
  }
  if (rejected.length === 0) return finding("PAGE_TRANSPORT", facts, details);
  if (violation === undefined) return finding("PAGE_TRANSPORT_REJECTED", facts, details);
  return finding("PAGE_POLICY", { ...facts, refusal, policyAdvice: policyAdvice(violation) }, details);
}

/** What a page's Content-Security-Policy refused, as the browser reports it. */
interface Violation {
  /** The directive that is missing a source, for example `img-src`. */
  readonly directive: string;
  /** `blob`, or the address that was refused. */
  readonly blocked: string;
  /** The whole policy. */
  readonly policy: string;
}

/** What doctor keeps in the page. */
interface WatchedWindow {
  __hyperframesNativeViolations?: Violation[];
}

/** Runs in the page: notes what its policy refuses from here on. */
function watchViolations(): void {
  const violations: Violation[] = [];
  (window as WatchedWindow).__hyperframesNativeViolations = violations;
  document.addEventListener("securitypolicyviolation", (event) => {
    const { effectiveDirective: directive, blockedURI: blocked, originalPolicy: policy } = event;
    violations.push({ directive, blocked, policy });
  });
}

/** Runs in the page: what was noted. The events come as tasks, so one more task is waited for. */
async function readViolations(): Promise<Violation[]> {
  await new Promise((resolve) => setTimeout(resolve, 50));
  return (window as WatchedWindow).__hyperframesNativeViolations ?? [];
}

/** The violation that stands between a page and its frames, if one does: blobs first, they are the faster way. */
function decisiveViolation(violations: readonly Violation[]): Violation | undefined {
  return (
    violations.find(({ blocked }) => blocked === "blob") ??
    violations.find(({ blocked }) => blocked.startsWith("http://127.0.0.1:")) ??
    violations.find(({ blocked }) => blocked === "data")
  );
}

function refusalOf({ directive, blocked, policy }: Violation): string {
  return ` Its Content-Security-Policy ("${policy}") refuses ${isScheme(blocked) ? `${blocked}:` : blocked} by ${directive}.`;
}

/** How the policy has to be written for frames to pass. */
export function policyAdvice({ directive, blocked, policy }: Violation): string {
  const source = isScheme(blocked) ? `${blocked}:` : "http://127.0.0.1:*";
  const directives = policy.split(";").map((text) => text.trim());
  const named = (name: string) => directives.find((text) => text.toLowerCase().split(/\s+/, 1)[0] === name);
  const own = named(directive);
  const holds = own ?? named("default-src") ?? directive;
  const sources = holds.split(/\s+/).slice(1);
  const kept = sources.filter((text) => text.toLowerCase() !== "'none'");
  const wanted = [directive, ...kept, source].join(" ");
  return own === undefined
    ? `Add "${wanted}" to the page's Content-Security-Policy ("${holds}" holds without it).`
    : `Write "${wanted}" instead of "${own}" in the page's Content-Security-Policy.`;
}

function isScheme(blocked: string): boolean {
  return blocked === "blob" || blocked === "data";
}
