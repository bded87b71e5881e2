// The table that a bench prints: a row for each number, stock against native.
import { show, spread } from "../../dist/tools/bench/spread.js";

export interface Row<Sample> {
  readonly title: string;
  readonly digits: number;
  /** `null` where a render does not give it. */
  readonly of: (sample: Sample) => number | null;
}

/** The median with the smallest and the largest of all pairs, and each pair's ratio. */
export function pairTable<Sample>(
  pairs: ReadonlyArray<{ readonly stock: Sample; readonly native: Sample }>,
  rows: readonly Row<Sample>[],
): string {
  const width = 2 + Math.max(...rows.map(({ title }) => title.length));
  const lines = rows.map(({ title, digits, of }) => {
    const cell = (mode: "stock" | "native") => {
      const values = pairs.map((pair) => of(pair[mode])).filter((value) => value !== null);
      return (values.length === 0 ? "-" : show(spread(values), digits)).padStart(24);
    };
    const ratios = pairs.map(({ stock, native }) => {
      const [one, other] = [of(stock), of(native)];
      return one === null || !other ? "-" : (one / other).toFixed(2);
    });
    return `${title.padEnd(width)}${cell("stock")}${cell("native")}  ${ratios.join(", ")}`;
  });
  const heading = `${"".padEnd(width)}${"stock".padStart(24)}${"native".padStart(24)}  stock / native`;
  return [heading, ...lines].join("\n");
}
