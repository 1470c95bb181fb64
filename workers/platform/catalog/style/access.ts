/** The pages of access: what waits, who reads, requests, grants, consumers and their keys. */

/** States carry their word; colour only repeats it. */
export const accessStyle = `
.access > section { margin-top: 2.6rem; }
.access > .joins { margin-top: 0.9rem; }
.choices { display: grid; gap: 0.7rem; margin-top: 1.6rem; max-width: 46rem; }
.choices > li { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 14rem), 1fr)); gap: 0.5rem 0.7rem; }
.access h2 + p { margin-top: 0.3rem; }
.access td.said { overflow-wrap: anywhere; min-width: 13rem; }
.access td time { white-space: nowrap; }
.access table { min-width: 46rem; }
.waiting-list { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); gap: 1rem; margin-top: 1rem; }
.ticket { display: grid; gap: 0.45rem; align-content: start; padding: 1.1rem 1.2rem; background: var(--card); border: 1px solid var(--line); border-left: 5px solid var(--late); border-radius: 12px; overflow-wrap: anywhere; }
.ticket.mine { border-left-color: var(--waiting); }
.ticket h3 { font-size: 1.08rem; }
.ticket blockquote, .purpose-said { margin: 0; padding-left: 0.8rem; border-left: 3px solid var(--line); }
.ticket .actions { margin-top: 0.3rem; }
.says { display: grid; gap: 0.4rem; padding: 1.2rem 1.4rem; margin-top: 1.2rem; background: var(--card); border: 1px solid var(--line); border-radius: 14px; overflow-wrap: anywhere; }
.says li { display: grid; grid-template-columns: 9rem 1fr; gap: 0.2rem 1rem; padding: 0.45rem 0; border-top: 1px solid var(--line); }
.says li:first-child { border-top: 0; }
.says .what { color: var(--soft); font-size: 0.9rem; padding-top: 0.1rem; }
.decisions { display: grid; gap: 1rem; margin-top: 1rem; }
.decisions > details.panel { display: block; max-width: none; margin-top: 0; }
.access h2 + .empty { margin-top: 1rem; }
.crumbs + .outcome { margin-top: 0.8rem; }
.decisions > details[open] > summary { margin-bottom: 1rem; }
.panel > summary { font-weight: 600; }
.client-list { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); gap: 0.5rem 1.5rem; margin: 1rem 0 0; }
.client-list li { padding: 0.6rem 0.9rem; background: var(--card); border: 1px solid var(--line); border-radius: 10px; overflow-wrap: anywhere; }
.panel { max-width: 46rem; margin-top: 1.2rem; }
.panel { padding: 1.3rem 1.4rem; background: var(--card); border: 1px solid var(--line); border-radius: 14px; display: grid; gap: 1rem; min-width: 0; }
.panel .boxes { background: var(--paper); }
.panel > h2, .panel > h3 { font-size: 1.12rem; }
.state { padding: 0.14rem 0.7rem; border-radius: 99px; font-size: 0.85rem; font-weight: 600; white-space: nowrap; }
.state.waiting { background: var(--late-soft); color: var(--late); }
.state.holds, .state.approved { background: var(--fresh-soft); color: var(--fresh); }
.state.revoked, .state.refused, .state.failed { background: var(--gone-soft); color: var(--gone); }
.state.ended, .state.withdrawn { background: var(--tint); color: var(--soft); }
.secret { padding: 1.3rem 1.4rem; border-radius: 14px; border: 2px solid var(--late); background: var(--late-soft); color: var(--late); display: grid; gap: 0.7rem; }
.secret input { font-family: var(--mono); font-size: 0.9rem; width: 100%; }
.automatic { padding: 0.9rem 1.2rem; border-radius: 12px; background: var(--accent-soft); max-width: 46rem; }
@media (max-width: 36rem) { .says li { grid-template-columns: 1fr; } }
`
