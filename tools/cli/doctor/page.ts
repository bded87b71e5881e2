import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TransportName } from "../../../ts/frame.js";
import { FrameCache, inspectFrames } from "../../../ts/native/binding.js";
import { type ProbedImage, probeImages } from "../../../ts/page/functions.js";
import { askedTransport } from "../../../ts/settings.js";
import { type Choice, chooseTransport, transportPolicy } from "../../../ts/transports/choose.js";
import { dataUris } from "../../../ts/transports/inline.js";
import { within } from "../../../ts/transports/transport.js";
import type { CleanUp } from "./clean-up.js";
import { type Finding, reasonOf } from "./finding.js";
import type { BrowserPage, LaunchedBrowser } from "./host-puppeteer.js";
import {
  decisiveViolation,
  policyAdvice,
  readViolations,
  type Violation,
  watchViolations,
} from "./page-policy.js";
import { writeProbeFrame } from "./probe-frame.js";
import { serveProject } from "./project-server.js";

/** Longest that the page may take to load, in milliseconds. */
const LOAD_LIMIT_MS = 15_000;

/** Longest that the whole look may take: the transports bound themselves at 10 s. */
const LIMIT_MS = 45_000;

/** Tried where the project has no page: it has no policy of its own. */
const EMPTY_PAGE = "<!doctype html><title>hyperframes-native doctor</title>";

const HOW: Readonly<Record<TransportName, string>> = { file: "as files", served: "served", inline: "inline" };

/** What the page made of a frame. */
interface Seen {
  readonly choice: Choice;
  readonly violations: readonly Violation[];
  /** Why not even the transport that was taken shows the frame. */
  readonly blank?: string;
}

/** Gives the project's page a frame in the way a render does, and says which transport it takes and why. */
export async function checkPage(
  project: string,
  browser: LaunchedBrowser,
  folder: string,
  cleanUp: CleanUp,
): Promise<Finding[]> {
  const file = join(project, "index.html");
  const isThere = existsSync(file);
  const findings: Finding[] = [];
  if (!isThere) {
    findings.push({
      code: "PAGE_MISSING",
      check: "page",
      status: "warning",
      found: `${file} does not exist: an empty page was tried instead.`,
      advice: "Give doctor the project's folder: `npx hyperframes-native doctor <project>`.",
    });
  }
  const cache = new FrameCache();
  const policy = transportPolicy(undefined);
  const look = async (): Promise<Seen> => {
    const page = await browser.newPage();
    await page.goto(await serveProject(isThere ? readFileSync(file, "utf8") : EMPTY_PAGE, cleanUp), {
      waitUntil: "domcontentloaded",
      timeout: LOAD_LIMIT_MS,
    });
    await page.evaluate(watchViolations);
    const frames = [writeProbeFrame(folder)];
    const infos = await inspectFrames(cache, frames);
    const choice = await chooseTransport(page, policy.transports, {
      frames,
      infos,
      dataUris: (undecoded) => dataUris(cache, undecoded),
      discard: () => undefined,
    });
    const made = choice.open?.made.map(({ url }) => url);
    const urls = made ?? Array.from((await dataUris(cache, frames)).values());
    return { choice, ...(await blankOf(page, urls)), violations: await page.evaluate(readViolations) };
  };
  const name = isThere ? "index.html" : "An empty page";
  try {
    findings.push(judge(name, await within(LIMIT_MS, look(), () => undefined), policy.leastStepBytes));
  } catch (error) {
    findings.push({
      code: "PAGE_DOES_NOT_LOAD",
      check: "page",
      status: "warning",
      found: `${name} could not be tried: ${reasonOf(error)}.`,
      advice: "See whether the page loads in a browser; scripts from elsewhere are not loaded here.",
    });
  }
  return findings;
}

/** Data URIs are taken untried. */
async function blankOf(page: BrowserPage, urls: readonly string[]): Promise<{ blank?: string }> {
  const seen: ProbedImage[] = await page.evaluate(probeImages, urls, true);
  for (const image of seen) if ("error" in image) return { blank: image.error };
  return {};
}

function judge(name: string, { choice, violations, blank }: Seen, leastStepBytes: number): Finding {
  const { name: transport, rejected } = choice;
  const asked = askedTransport();
  const violation = decisiveViolation(violations);
  const details = { transport, asked, rejected, violations, leastStepBytes };
  const check = "page";
  const because = rejected.length === 0 ? "" : ` Not taken: ${rejected.join("; ")}.`;
  if (blank !== undefined) {
    return {
      code: "PAGE_SHOWS_NO_FRAME",
      check,
      status: "fault",
      found: `${name} shows no frame at all, not even upstream's data URI (${blank}).${policyOf(violation)}${because}`,
      advice:
        violation === undefined
          ? "See what the page does to images; renders of it show no video, with or without the drop-in."
          : policyAdvice(lastData(violations) ?? violation),
      details,
    };
  }
  const wish = asked === "auto" ? "" : ` (HYPERFRAMES_NATIVE_TRANSPORT=${asked})`;
  const small =
    leastStepBytes > 0 ? `; steps of less than ${leastStepBytes / 1024} KiB go inline on any page` : "";
  const found = `${name} takes its frames as ${transport}${wish}${small}.`;
  if (rejected.length === 0) {
    const advice =
      asked === "auto" || asked === "file"
        ? "Nothing to do: it is the fastest way."
        : "Unset HYPERFRAMES_NATIVE_TRANSPORT to have the fastest way found.";
    const brief = `frames go ${HOW[transport]}${wish}`;
    return { code: "PAGE_TRANSPORT", check, status: "ok", brief, found, advice, details };
  }
  if (violation !== undefined) {
    return {
      code: "PAGE_POLICY",
      check,
      status: "warning",
      found: `${found}${policyOf(violation)}${because}`,
      advice: policyAdvice(violation),
      details,
    };
  }
  return {
    code: "PAGE_TRANSPORT_REJECTED",
    check,
    status: "warning",
    found: `${found}${because}`,
    advice:
      "The render works, at upstream's speed; let Chrome run on this machine, with this machine's files.",
    details,
  };
}

function policyOf(violation: Violation | undefined): string {
  if (violation === undefined) return "";
  const { directive, blocked, policy } = violation;
  return ` Its Content-Security-Policy ("${policy}") refuses ${blocked === "blob" || blocked === "data" ? `${blocked}:` : blocked} by ${directive}.`;
}

function lastData(violations: readonly Violation[]): Violation | undefined {
  return violations.findLast(({ blocked }) => blocked === "data");
}
