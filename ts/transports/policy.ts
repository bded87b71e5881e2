import { debuglog } from "node:util";
import { HyperframesNativeError } from "../errors.js";
import { publishChoice } from "../telemetry/channels.js";
import { warnOnce } from "../warn.js";
import type { Choice } from "./choose.js";
import { fileTransport } from "./file.js";
import { servedTransport } from "./served.js";
import type { FrameTransport } from "./transport.js";
import { TRANSPORT_CHOICES, type TransportChoice, transportFromEnvironment } from "./transport-choice.js";

export type { TransportChoice } from "./transport-choice.js";

/**
 * Steps of fewer bytes go inline in `auto`: registering a file costs more than a small data URI does. Found by
 * `npm run bench:threshold` (docs/transports.md).
 */
const LEAST_STEP_BYTES = 12 * 1024;

/** Which transports are tried, in order, before frames go inline, and from which size of a step on. */
export interface TransportPolicy {
  readonly transports: readonly FrameTransport[];
  readonly leastStepBytes: number;
  chosen(choice: Choice): void;
  /** Tells the user why frames went inline although their page takes another transport. */
  lost(reason: string): void;
}

/**
 * The one place that decides how frames travel.
 * @param asked the user's option; without it the environment's `HYPERFRAMES_NATIVE_TRANSPORT` is asked.
 * @throws {HyperframesNativeError} `INVALID_OPTION` for an option that is none of the choices.
 */
export function transportPolicy(asked: TransportChoice | undefined): TransportPolicy {
  const choice = asked ?? transportFromEnvironment();
  if (!TRANSPORT_CHOICES.includes(choice)) {
    throw new HyperframesNativeError(
      "INVALID_OPTION",
      `transport is "${choice}"; it can be ${TRANSPORT_CHOICES.join(", ")}.`,
    );
  }
  const tried: Record<TransportChoice, readonly FrameTransport[]> = {
    auto: [fileTransport, servedTransport],
    file: [fileTransport],
    served: [servedTransport],
    inline: [],
  };
  return {
    transports: tried[choice],
    leastStepBytes: choice === "auto" ? LEAST_STEP_BYTES : 0,
    chosen: tell,
    lost: tellLost,
  };
}

const debug = debuglog("hyperframes-native");

function tell({ name, rejected }: Choice): void {
  debug("a page takes its frames as %s", name);
  publishChoice({ transport: name, rejected });
  if (rejected.length === 0) return;
  const reasons = rejected.join("; ");
  warnOnce("transport", `Frames go ${name} on this page: ${reasons}.`, "TRANSPORT_UNUSABLE");
}

function tellLost(reason: string): void {
  debug("frames went inline instead: %s", reason);
  const message = `A step's frames went inline instead: ${reason}. A page on which that goes on stays inline.`;
  warnOnce("transport:lost", message, "TRANSPORT_UNUSABLE");
}
