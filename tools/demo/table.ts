// The numbers of the demo.
import type { RenderResult } from "../../__test__/support/render.ts";

interface Measure {
  readonly title: string;
  readonly unit: string;
  of(result: RenderResult): number | undefined;
}

const MEASURES: readonly Measure[] = [
  { title: "captured frame, median", unit: "ms", of: ({ perfSummary }) => perfSummary.captureP50Ms },
  {
    title: "hook call, mean",
    unit: "ms",
    of: ({ stats }) => (stats === null ? undefined : stats.hook.totalMs / stats.hook.calls),
  },
  { title: "hook call, 95th percentile", unit: "ms", of: ({ stats }) => stats?.hook.p95Ms },
  { title: "Node's peak memory", unit: "MB", of: ({ measures }) => measures.peakRssBytes / 1e6 },
  { title: "Node's processor time", unit: "s", of: ({ measures }) => measures.cpuMs / 1000 },
  { title: "whole render", unit: "s", of: ({ measures }) => measures.wallMs / 1000 },
];

function shown(value: number | undefined, unit: string): string {
  if (value === undefined || !Number.isFinite(value)) return "-";
  return `${unit === "s" ? value.toFixed(1) : value.toFixed(0)} ${unit}`;
}

/** A line for each measure: stock, native, and how many times less native is. */
export function resultTable(stock: RenderResult, native: RenderResult): string {
  const rows = MEASURES.map(({ title, unit, of }) => {
    const before = of(stock);
    const after = of(native);
    const ratio = before === undefined || after === undefined ? "-" : `${(before / after).toFixed(2)}x`;
    return [title, shown(before, unit), shown(after, unit), ratio];
  });
  const lines = [["", "stock", "native", "ratio"], ...rows].map(([title = "", ...cells]) =>
    [title.padEnd(28), ...cells.map((cell) => cell.padStart(10))].join(""),
  );
  return lines.join("\n");
}
