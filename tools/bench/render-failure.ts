/** A render that failed, with what its process said of it. */
export class RenderFailure extends Error {
  /** The renderer's own error message; `null` where the process ended without one. */
  readonly reason: string | null;
  readonly log: string;
  readonly timedOut: boolean;

  constructor(
    message: string,
    { reason, log, timedOut }: Pick<RenderFailure, "reason" | "log" | "timedOut">,
  ) {
    super(message);
    this.reason = reason;
    this.log = log;
    this.timedOut = timedOut;
  }
}
