/**
 * Goes into a bundle with swapped code (`hyperframes-native/esbuild` puts it there): the part of `register` that is left when
 * the source was swapped while the bundle was made. `HYPERFRAMES_NATIVE=off` holds here too.
 */

import { noteSwap } from "../telemetry/process-end.js";
import { processReport, type SwapRecord } from "../telemetry/process-report.js";
import { chooseSwaps, publishSwaps } from "./swaps.js";

const report = processReport();
const swaps = await chooseSwaps(report);
if (swaps !== undefined) publishSwaps(swaps);

/** Called once by each swapped module in the bundle. */
export function swapped(record: SwapRecord): void {
  report?.swap(record);
  noteSwap(record);
}
