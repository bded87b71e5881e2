/** What doctor says: the findings of all checks, what they come to, and both as text. */
import { styleText } from "node:util";
import { PACKAGE_VERSION } from "../../../ts/package-version.js";
import { pluralize } from "../../../ts/telemetry/summary.js";
import { wrap } from "../terminal.js";
import type { Finding, FindingCode, FindingStatus } from "./findings.js";

/** What `doctor --json` writes. */
export interface Report {
  /** Version of this package. */
  readonly version: string;
  /** The project's folder. */
  readonly project: string;
  /** What starts a render; `null` where nothing says so. */
  readonly command: readonly string[] | null;
  readonly findings: readonly CheckFinding[];
  readonly verdict: Verdict;
}

/** A finding, and the check that made it. */
export interface CheckFinding extends Finding {
  readonly check: CheckName;
}

/** What was looked at. */
export type CheckName =
  | "switches"
  | "stats"
  | "binary"
  | "runtime"
  | "packages"
  | "chrome"
  | "page"
  | "ffmpeg"
  | "memory";

/** With a fault in one of these a render goes upstream's own way, or nobody can say whether it does. */
const SWAP_CHECKS: readonly CheckName[] = ["switches", "binary", "runtime", "packages"];

/** With a fault in one of these there is no render, with the drop-in or without it, or none that shows a video. */
const RENDER_CHECKS: readonly CheckName[] = ["chrome", "page", "ffmpeg"];

/** What all findings come to. */
export interface Verdict {
  /** Whether a render that is started with the drop-in is swapped. */
  readonly swap: boolean;
  /** Whether there is a render at all. */
  readonly render: boolean;
  /** Codes of the faults: one is enough to stop one of the two. */
  readonly because: readonly FindingCode[];
  readonly warnings: number;
  readonly faults: number;
  /** Of the process: 0 where renders work and are swapped, else 1. */
  readonly exitStatus: 0 | 1;
}

/** Sums up the findings. */
export function verdictOf(findings: readonly CheckFinding[]): Verdict {
  const faults = findings.filter(({ status }) => status === "fault");
  return {
    swap: !faults.some(({ check }) => SWAP_CHECKS.includes(check)),
    render: !faults.some(({ check }) => RENDER_CHECKS.includes(check)),
    because: Array.from(new Set(faults.map(({ code }) => code))),
    warnings: findings.filter(({ status }) => status === "warning").length,
    faults: faults.length,
    exitStatus: faults.length === 0 ? 0 : 1,
  };
}

/** Statuses as a terminal shows them. */
const LOOK: Record<FindingStatus, { readonly label: string; readonly colour: "green" | "yellow" | "red" }> = {
  ok: { label: "ok", colour: "green" },
  warning: { label: "warning", colour: "yellow" },
  fault: { label: "FAULT", colour: "red" },
};

/** What the text is written to. */
interface TerminalStream {
  readonly isTTY?: boolean | undefined;
  /** Characters in a line; none where it is no terminal. */
  readonly columns?: number | undefined;
}

/** The report as text: the verdict, one line for what is well, what was found and what to do for all else. */
export function reportText(
  report: Report,
  stream: TerminalStream,
  env: NodeJS.ProcessEnv = process.env,
): string {
  const { project, findings, verdict } = report;
  const coloured = stream.isTTY === true && !env.NO_COLOR; // https://no-color.org
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    coloured ? styleText(style, text, { validateStream: false }) : text;
  const statusWidth = Math.max(...Object.values(LOOK).map(({ label }) => label.length));
  const checkWidth = Math.max(...findings.map(({ check }) => check.length));
  const indent = " ".repeat(statusWidth + 2 + checkWidth + 2);
  const columns = stream.columns ?? Number.POSITIVE_INFINITY;
  const width = Math.max(30, columns - indent.length);
  const lines = findings.flatMap(({ status, check, code, found, brief = found, advice }) => {
    const { label, colour } = LOOK[status];
    const text =
      status === "ok"
        ? [brief.length <= width ? brief : `${brief.slice(0, width - 1)}…`]
        : [...wrap(`${found} [${code}]`, width), ...wrap(`-> ${advice}`, width)];
    return text.map((line, n) => {
      const start =
        n === 0 ? `${paint(colour, label.padEnd(statusWidth))}  ${check.padEnd(checkWidth)}  ` : indent;
      return start + line.replace(/\[[A-Z_]+\]$|^->/, (part) => paint("dim", part));
    });
  });
  const colour = verdict.exitStatus !== 0 ? "red" : verdict.warnings > 0 ? "yellow" : "green";
  const [first = "", ...rest] = verdictText(report).flatMap((line) => wrap(line, columns));
  return [
    paint(["bold", colour], first),
    ...rest,
    "",
    ...lines,
    "",
    ...wrap(paint("dim", `hyperframes-native ${PACKAGE_VERSION} doctor, ${project}`), columns),
    "",
  ].join("\n");
}

/** The answer in a line, and what to type. */
function verdictText({ command, findings, verdict }: Report): readonly string[] {
  const { swap, render, because, warnings } = verdict;
  const has = (code: FindingCode) => findings.some((finding) => finding.code === code);
  if (!render) {
    const stop = findings.filter(
      ({ check, code, status }) =>
        code === "CHECK_FAILED" || (status === "fault" && RENDER_CHECKS.includes(check)),
    );
    return [`No render works here (${Array.from(new Set(stop.map(({ code }) => code))).join(", ")}).`];
  }
  const why = `(${because.join(", ")})`;
  if (has("COMMAND_NOT_LOADED")) return [`Whether renders are swapped cannot be said yet ${why}.`];
  if (!swap) return [`Renders are not swapped ${why}.`];
  if (has("PAGE_WITHOUT_VIDEO"))
    return ["Renders are swapped, and gain nothing by it: there is no video on the page."];
  const but = warnings === 0 ? "" : `, with ${pluralize(warnings, "warning")}`;
  if (findings.some(({ details }) => details !== undefined && "isHere" in details && details.isHere === true))
    return [`Renders are swapped${but}.`];
  const typed = command === null ? "<the command that renders>" : command.join(" ");
  return [
    `Renders are swapped${but}, when started with the drop-in:`,
    `  npx hyperframes-native run -- ${typed}`,
  ];
}
