/**
 * `npm run attack [-- --requests N] [--seed N]`: everything that a hostile client on this machine can do to the frame server, N requests
 * (100,000 by default) to the server of renders that are going on, and as many to a server whose frames some clients know.
 */
import { parseArgs } from "node:util";
import { attackHost } from "./attack-host.ts";
import { attackRender } from "./attack-render.ts";
import type { Held } from "./watch-process.ts";

const { values } = parseArgs({
  options: { requests: { type: "string", default: "100000" }, seed: { type: "string", default: "1" } },
});
const requests = Number(values.requests);
let seed = Number(values.seed);
/** Of video in each render: about a minute of attack. */
const SECONDS = 20;

let made = 0;
while (made < requests) {
  const { summary, frames, framesBy, calm, attacked } = await attackRender(SECONDS, seed++);
  made += summary.requests;
  console.log(`a render of ${frames} frames, identical under attack; by transport:`, framesBy);
  console.log(`  ${JSON.stringify(summary)}`);
  console.log(`  in peace ${show(calm)}, under attack ${show(attacked)}`);
}
const { summary, honest, before, during } = await attackHost(
  requests,
  AbortSignal.timeout(30 * 60_000),
  seed,
);
console.log(`a server; an honest client meanwhile: ${JSON.stringify(honest)}`);
console.log(`  ${JSON.stringify(summary)}`);
console.log(`  before ${show(before)}, at most ${show(during)}`);

function show({ rssBytes, openFiles }: Held): string {
  return `${(rssBytes / 1e6).toFixed(0)} MB and ${openFiles} open files`;
}
