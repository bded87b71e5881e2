/** A process that failed; its message has the end of what it printed. */
export class ChildFailure extends Error {
  /** All that is kept of it, without colours. */
  readonly log: string;
  readonly timedOut: boolean;

  constructor(message: string, { log, timedOut }: Pick<ChildFailure, "log" | "timedOut">) {
    super(message);
    this.log = log;
    this.timedOut = timedOut;
  }
}
