import { Html } from "./html.js";

/** The look of the report. Stock is dashed or hatched wherever native is not, so that no difference is only one of colour. */
export const STYLE = new Html(`
:root {
  color-scheme: light dark;
  --page: #f4f6f9; --card: #ffffff; --ink: #131a24; --soft: #526071; --line: #dde3ea; --track: #edf1f5;
  --stock: #b0500a; --stock-gap: #e9b48b; --stock-band: rgba(176, 80, 10, 0.2);
  --native: #1b5bd0; --native-band: rgba(27, 91, 208, 0.22);
  --good: #0b6636; --good-page: #e3f5ea; --good-line: #9bd4b2;
  --bad: #a81613; --bad-page: #fdeaea; --bad-line: #e5827f;
  --care: #6d4a00; --care-page: #fff5dc; --care-line: #e6c67a;
  --part-0: #6d3fc4; --part-1: #0a7d72; --part-1-gap: #7cc4bc; --part-2: #66727f; --part-2-gap: #c3cad2;
  --shade: 0 1px 2px rgba(19, 26, 36, 0.05), 0 6px 20px rgba(19, 26, 36, 0.05);
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0c1017; --card: #141a23; --ink: #e9eef5; --soft: #a1aebe; --line: #2a3340; --track: #202833;
    --stock: #f3a257; --stock-gap: #83522a; --stock-band: rgba(243, 162, 87, 0.2);
    --native: #71a9ff; --native-band: rgba(113, 169, 255, 0.24);
    --good: #76dfa1; --good-page: #0f2a1c; --good-line: #265c3e;
    --bad: #ffa19b; --bad-page: #3a1517; --bad-line: #93383a;
    --care: #f3cf76; --care-page: #2b220d; --care-line: #5f4c1c;
    --part-0: #b394f4; --part-1: #45c9b9; --part-1-gap: #1e6a62; --part-2: #8b97a5; --part-2-gap: #47515d;
    --shade: none;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--ink); overflow-wrap: anywhere;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
main { max-width: 1120px; margin: 0 auto; padding: 48px 24px 64px; display: grid; gap: 0; grid-template-columns: minmax(0, 1fr); }
h1, h2, h3, p, figure, dl, dd, ul { margin: 0; }
h1 { font-size: clamp(28px, 5vw, 52px); line-height: 1.1; letter-spacing: -0.025em; font-weight: 700; text-wrap: balance; }
h1 em { font-style: normal; color: var(--native); white-space: nowrap; }
h1 em.bad, .bad { color: var(--bad); }
h2 { font-size: 20px; line-height: 1.3; letter-spacing: -0.01em; font-weight: 650; }
h3 { font-size: 15px; font-weight: 600; }
ul { padding-left: 20px; display: grid; gap: 6px; }
.soft { color: var(--soft); }
.card > .soft { max-width: 92ch; text-wrap: pretty; }
.lede { font-size: 18px; line-height: 1.45; max-width: 84ch; text-wrap: pretty; }
.card, .tile {
  background: var(--card); border: 1px solid var(--line); border-radius: 14px; box-shadow: var(--shade);
  min-width: 0; break-inside: avoid;
}
.card { padding: 24px; display: grid; gap: 14px; align-content: start; grid-template-columns: minmax(0, 1fr); }
.two { display: grid; gap: 24px; grid-template-columns: repeat(2, minmax(0, 1fr)); }

details { min-width: 0; }
summary {
  cursor: pointer; padding: 12px 4px; font-size: 18px; font-weight: 600; border-top: 1px solid var(--line);
  list-style-position: outside; margin-left: 20px;
}
details:last-of-type:not([open]) summary { border-bottom: 1px solid var(--line); }
summary:focus-visible { outline: 2px solid var(--native); outline-offset: 2px; border-radius: 8px; }
.folded { display: grid; gap: 24px; grid-template-columns: minmax(0, 1fr); padding: 12px 0; }

header { display: grid; gap: 20px; grid-template-columns: minmax(0, 1fr); margin-bottom: 24px; }
.origin { display: flex; flex-wrap: wrap; gap: 4px 20px; color: var(--soft); font-size: 15px; }
.origin span:first-child { color: var(--ink); font-weight: 600; }
.verdict { display: flex; gap: 16px; align-items: flex-start; border: 1px solid; border-radius: 14px; padding: 16px 20px; }
.verdict strong { font-size: 20px; line-height: 1.4; }
.verdict p { color: var(--ink); max-width: 90ch; }
.verdict .sign {
  flex: none; width: 34px; height: 34px; border-radius: 50%; display: grid; place-items: center;
  color: var(--card); font-size: 20px; font-weight: 700; line-height: 1;
}
.verdict.identical { background: var(--good-page); border-color: var(--good-line); }
.verdict.identical strong { color: var(--good); }
.verdict.identical .sign { background: var(--good); }
.verdict:is(.different, .unswapped) { background: var(--bad-page); border: 2px solid var(--bad-line); }
.verdict:is(.different, .unswapped) strong { color: var(--bad); font-size: 24px; }
.verdict:is(.different, .unswapped) .sign { background: var(--bad); }
.verdict.unknown, .care { background: var(--care-page); border-color: var(--care-line); }
.verdict.unknown strong, .care strong { color: var(--care); }
.verdict.unknown .sign { background: var(--care); }
.care { border: 1px solid var(--care-line); border-radius: 14px; padding: 14px 20px; display: grid; gap: 6px; }

.tiles { display: grid; gap: 16px; grid-template-columns: repeat(4, minmax(0, 1fr)); }
.tile { padding: 18px 18px 16px; display: grid; gap: 6px; align-content: start; grid-template-columns: minmax(0, 1fr); }
.tile h2 { font-size: 15px; font-weight: 600; letter-spacing: 0; color: var(--soft); }
.figure { line-height: 1.15; margin-bottom: 6px; font-size: 15px; }
.figure b { font-size: 38px; letter-spacing: -0.03em; color: var(--native); font-weight: 700; }
.unproven .figure b, .figure b.same { color: var(--ink); }
.figure b.worse { color: var(--stock); }
.tile .bar { grid-template-columns: minmax(0, 1fr) auto; gap: 2px 8px; font-size: 14px; }
.tile .bar .track { grid-column: 1 / -1; grid-row: 2; height: 8px; }
.tile .bar .value { min-width: 0; }

.bar { display: grid; grid-template-columns: 56px minmax(0, 1fr) auto; gap: 10px; align-items: center; font-size: 15px; }
.bar .name { color: var(--soft); }
.bar .value { font-variant-numeric: tabular-nums; text-align: right; min-width: 78px; font-weight: 600; }
.track { display: flex; height: 16px; border-radius: 4px; background: var(--track); overflow: hidden; }
.fill { display: block; min-width: 2px; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.fill.native { background: var(--native); }
.fill.stock { background: repeating-linear-gradient(135deg, var(--stock) 0 5px, var(--stock-gap) 5px 7px); }
.bars { display: grid; gap: 18px; }
.bars section { display: grid; gap: 6px; }
.stacks { display: grid; gap: 10px; }
.stacks .track { height: 34px; border-radius: 6px; gap: 2px; }
.stacks .fill { min-width: 3px; }
.split tbody th { padding-left: 28px; text-indent: -28px; }
.threads tbody th { padding-left: 0; text-indent: 0; }
.part-0 { background: var(--part-0); }
.part-1 { background: repeating-linear-gradient(135deg, var(--part-1) 0 5px, var(--part-1-gap) 5px 8px); }
.part-2 { background: radial-gradient(circle, var(--part-2) 1.6px, transparent 2px) 0 0 / 6px 6px, var(--part-2-gap); }
.part-3 { background: var(--native); }
.swatch { display: inline-block; width: 18px; height: 14px; border-radius: 3px; margin-right: 10px; vertical-align: -1px; print-color-adjust: exact; -webkit-print-color-adjust: exact; }

table { overflow-wrap: break-word; border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 15px; }
th, td { text-align: right; padding: 9px 0 9px 16px; vertical-align: top; border-bottom: 1px solid var(--line); font-weight: 400; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
thead th { color: var(--soft); font-size: 14px; vertical-align: bottom; padding-top: 0; }
tbody th { font-weight: 500; }
.numbers td, .split td, .split thead th { white-space: nowrap; }
.numbers .each { white-space: normal; }
tbody tr:last-child > * { border-bottom: 0; }
td small { display: block; white-space: nowrap; color: var(--soft); font-size: 13px; }
td b { font-weight: 600; }
.numbers td[data-heading="Native"] b { color: var(--native); }
.numbers .each { color: var(--soft); }
.each span { display: inline-block; margin-left: 1.2ch; }
tfoot > tr > * { border-top: 1px solid var(--line); border-bottom: 0; font-weight: 600; }
.meanings th, .meanings td, .paths th, .paths td { text-align: left; }
.meanings th { width: 20%; }
.meanings td { width: 40%; }
.paths :is(th, td) + :is(th, td) { padding-left: 20px; }
.loads, .paths { max-width: 620px; }

.legend { display: flex; flex-wrap: wrap; gap: 2px 28px; font-size: 15px; min-height: 24px; }
.legend .at { margin-left: auto; }
.key { display: inline-flex; gap: 8px; align-items: center; }
.key svg { flex: none; }
.key line { stroke-width: 3; }
.key .stock line { stroke: var(--stock); stroke-dasharray: 7 4; }
.key .native line { stroke: var(--native); }
.key output { font-weight: 600; font-variant-numeric: tabular-nums; }
.at { color: var(--soft); font-variant-numeric: tabular-nums; }
.above { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 6px 16px; margin: 12px 0 4px; min-height: 32px; }
.axis-title { color: var(--soft); font-size: 14px; }
.axis-title.below { text-align: center; margin-top: 4px; }
.plot { width: 100%; min-height: 220px; overflow: hidden; }
.u-hz .u-cursor-x { border-color: var(--soft); }
.u-select { background: var(--native-band); }
.switch { display: inline-flex; border: 1px solid var(--line); border-radius: 8px; overflow: hidden; font-size: 14px; }
.switch[hidden] { display: none; }
.switch input { position: absolute; opacity: 0; }
.switch label { position: relative; cursor: pointer; }
.switch span { display: block; padding: 4px 12px; color: var(--soft); }
.switch input:checked + span { background: var(--track); color: var(--ink); font-weight: 600; }
.switch input:focus-visible + span { outline: 2px solid var(--native); outline-offset: -3px; border-radius: 8px; }
.nothing { border: 1px dashed var(--line); border-radius: 8px; padding: 24px; color: var(--soft); text-align: center; }

.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(240px, 1fr)); gap: 14px 24px; }
.facts dt { color: var(--soft); font-size: 14px; }
.facts dd { font-weight: 500; }

@media (max-width: 900px) {
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .two { grid-template-columns: minmax(0, 1fr); }
}
@media (max-width: 640px) {
  main { padding: 24px 12px 40px; }
  .folded { gap: 14px; }
  summary { font-size: 17px; }
  header { gap: 14px; padding: 0 4px; }
  .card { padding: 16px 14px; }
  .tiles { gap: 10px; }
  .tile { padding: 14px 12px; }
  .figure b { font-size: 30px; }
  .verdict { padding: 14px; gap: 12px; }
  .verdict strong { font-size: 18px; }
  .facts { grid-template-columns: minmax(0, 1fr); gap: 8px; }
  .facts div { display: grid; grid-template-columns: 104px minmax(0, 1fr); gap: 12px; align-items: baseline; }
  :is(.loads, .split) :is(th, td) + :is(th, td) { padding-left: 10px; }
  .key { width: 100%; }
  .legend .at { margin-left: 0; }
  .tile h2 { font-size: 14px; }
  .lede { font-size: 16px; }
  /* The readout must not move the plot when it comes. */
  .legend { min-height: 72px; }
  .numbers thead, .meanings thead { display: none; }
  .numbers tr, .meanings tr { display: grid; gap: 2px 10px; padding: 12px 0; border-bottom: 1px solid var(--line); }
  .numbers tr:first-child, .meanings tr:first-child { padding-top: 0; }
  .numbers tr:last-child, .meanings tr:last-child { border-bottom: 0; padding-bottom: 0; }
  .numbers tr { grid-template-columns: repeat(3, minmax(0, 1fr)); }
  .numbers th, .meanings th, .numbers .each { grid-column: 1 / -1; }
  .numbers :is(th, td), .meanings :is(th, td) { padding: 0; border: 0; text-align: left; width: auto; }
  .numbers th, .meanings th { font-weight: 600; }
  .numbers td::before, .meanings td::before { content: attr(data-heading); display: block; color: var(--soft); font-size: 13px; }
  .numbers .each::before { content: attr(data-heading) ":"; display: inline; }
}
@media print {
  body { background: none; }
  .switch, .at { display: none; }
}
`);
