/**
 * For a `describe` whose renders have nothing to do with one another: two at a time keep two cores busy, where one leaves half of them
 * to wait for Chrome. What is measured or timed does not belong there.
 */
export const SIDE_BY_SIDE = { concurrency: 2 } as const;
