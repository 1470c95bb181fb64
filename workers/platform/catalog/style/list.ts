/** The front page: welcome, map, domains and cards. */

/** The map's colours say what a shape or a word beside them says too. */
export const listStyle = `
.welcome { display: grid; gap: 0.7rem; margin-bottom: 1.6rem; }
.tally { display: flex; align-items: center; gap: 0.6rem; flex-wrap: wrap; }
.map { overflow-x: auto; padding: 1.4rem; margin-bottom: 2.4rem; background: var(--card); border: 1px solid var(--line); border-radius: 16px; }
.map > svg { display: block; margin: 0 auto; max-width: none; }
.map .line { fill: none; stroke: var(--soft); stroke-width: 1.6; opacity: 0.55; }
.map .line.flags { stroke: var(--flag); stroke-width: 2; stroke-dasharray: 5 5; opacity: 0.9; }
.map .node rect { fill: var(--paper); stroke: var(--line); stroke-width: 1.4; }
.map .node.derived rect { fill: var(--accent-soft); stroke: var(--accent); }
.map .node.flags rect { fill: var(--flag-soft); stroke: var(--flag); stroke-dasharray: 5 5; }
.map .node:hover rect, .map .node:focus-visible rect { stroke-width: 2.6; }
.map .title { font: 600 15.5px var(--sans); fill: var(--ink); letter-spacing: -0.01em; }
.map .label { font: 12px var(--mono); fill: var(--soft); }
.map .node.flags .label { font: 12px var(--sans); }
.map .dot { fill: var(--waiting); }
.map .dot.fresh { fill: var(--fresh); }
.map .dot.late { fill: var(--late); }
.map .dot.unreachable { fill: var(--gone); }

.domain { display: grid; grid-template-columns: 15.5rem 1fr; gap: 1rem 2rem; padding: 1.3rem 0; border-top: 1px solid var(--line); }
.domain-head { display: grid; gap: 0.35rem; align-content: start; }
.domain-head h2 { text-transform: capitalize; }
.domain-head p { font-size: 0.9rem; }
.level span { display: block; margin-top: 0.15rem; color: var(--soft); font-size: 0.86rem; }
.pips { width: 3.6rem; height: 0.62rem; margin-right: 0.5rem; }
.pips .full { fill: var(--accent); stroke: var(--accent); }
.pips .open { fill: none; stroke: var(--soft); }

.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 21rem), 1fr)); gap: 1rem; }
.results { margin-top: 1.5rem; }
.cards > li { display: flex; }
.card { flex: 1; display: flex; flex-direction: column; gap: 0.35rem; padding: 1.1rem 1.2rem; background: var(--card); border: 1px solid var(--line); border-radius: 14px; position: relative; }
.card:hover { border-color: var(--accent); box-shadow: 0 6px 22px -16px #0009; }
.card-head { display: flex; justify-content: space-between; align-items: start; gap: 0.8rem; }
.card h3 { font-size: 1.16rem; }
.card h3 a { color: inherit; text-decoration: none; }
.card h3 a::after { content: ''; position: absolute; inset: 0; border-radius: 14px; }
.card:hover h3 a { text-decoration: underline; }
.card .purpose { font-size: 0.95rem; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
.when { margin-top: auto; padding-top: 0.6rem; font-size: 0.88rem; font-variant-numeric: tabular-nums; }
.gauge { display: block; width: 100%; height: 5px; margin-bottom: 0.4rem; border-radius: 3px; }
.gauge .rail { fill: var(--tint); }
.gauge .fill { fill: var(--fresh); }
.gauge.late .fill { fill: var(--late); }
.tags { display: flex; flex-wrap: wrap; gap: 0.35rem; margin-top: 0.5rem; font-size: 0.8rem; }
.tags li { padding: 0.08rem 0.55rem; border-radius: 6px; background: var(--tint); color: var(--soft); }
.card.breach { border-color: var(--gone); }
.card .alarm { padding: 0.4rem 0.7rem; border-radius: 8px; background: var(--gone-soft); color: var(--gone); font-weight: 600; font-size: 0.92rem; overflow-wrap: anywhere; }
.alarms { padding: 1rem 1.2rem; border-radius: 12px; border-left: 5px solid var(--gone); background: var(--gone-soft); color: var(--gone); }
.alarms a { color: inherit; font-weight: 600; }
.tags .flags { background: var(--flag-soft); color: var(--flag); }
.empty { margin-top: 1.5rem; padding: 2rem; border: 1px dashed var(--soft); border-radius: 14px; }
@media (max-width: 54rem) { .domain { grid-template-columns: 1fr; } }
`
