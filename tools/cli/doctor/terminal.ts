import { styleText } from "node:util";
import { PACKAGE_VERSION } from "../../../ts/package-version.js";
import { pluralize } from "../../../ts/telemetry/summary.js";
import { wrap } from "../wrap.js";
import type { FindingCode, FindingStatus } from "./finding.js";
import type { Report } from "./report.js";
import { STOPS_THE_RENDER } from "./verdict.js";

/** Statuses as a terminal shows them. */
const LOOK: Record<FindingStatus, { readonly label: string; readonly colour: "green" | "yellow" | "red" }> = {
  ok: { label: "ok", colour: "green" },
  warning: { label: "warning", colour: "yellow" },
  fault: { label: "FAULT", colour: "red" },
};

type Style = Parameters<typeof styleText>[0];

/** What the text is written to. */
export interface TerminalStream {
  readonly isTTY?: boolean | undefined;
  /** Characters in a line; none where it is no terminal. */
  readonly columns?: number | undefined;
}

/** The report as text: the verdict, one line for what is well, what was found and what to do for all else. */
export function terminalText(
  report: Report,
  stream: TerminalStream,
  env: NodeJS.ProcessEnv = process.env,
): string {
  const { project, findings } = report;
  const coloured = stream.isTTY === true && !env.NO_COLOR; // https://no-color.org
  const paint = (style: Style, text: string) =>
    coloured ? styleText(style, text, { validateStream: false }) : text;
  const statusWidth = Math.max(...Object.values(LOOK).map(({ label }) => label.length));
  const checkWidth = Math.max(...findings.map(({ check }) => check.length));
  const indent = " ".repeat(statusWidth + 2 + checkWidth + 2);
  const columns = stream.columns ?? Number.POSITIVE_INFINITY;
  const width = Math.max(30, columns - indent.length);
  const lines = findings.flatMap(({ status, check, code, found, brief, advice }) => {
    const { label, colour } = LOOK[status];
    const text =
      status === "ok"
        ? [cut(brief ?? found, width)]
        : [...wrap(`${found} [${code}]`, width), ...wrap(`-> ${advice}`, width)];
    return text.map((line, n) => {
      const start =
        n === 0 ? `${paint(colour, label.padEnd(statusWidth))}  ${check.padEnd(checkWidth)}  ` : indent;
      return start + line.replace(/\[[A-Z_]+\]$|^->/, (part) => paint("dim", part));
    });
  });
  const [first = "", ...rest] = verdictText(report).flatMap((line) => wrap(line, columns));
  return [
    paint(["bold", verdictColour(report)], first),
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
  const why = `(${because.join(", ")})`;
  if (!render) {
    const stopped = because.filter((code) => STOPS_THE_RENDER.has(code) || code === "CHECK_FAILED");
    return [`No render works here (${stopped.join(", ")}).`];
  }
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

function verdictColour({ verdict }: Report): "green" | "yellow" | "red" {
  if (verdict.exitStatus !== 0) return "red";
  return verdict.warnings > 0 ? "yellow" : "green";
}

/** A text in one line. */
function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
