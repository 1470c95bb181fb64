/** The pages of a product and of a problem. */

/** Answers and classes carry their word; colour only repeats it. */
export const productStyle = `
.product table { min-width: 42rem; }
.product > section, .problem > section { margin-top: 2.6rem; }
.crumbs { font-size: 0.92rem; color: var(--soft); margin-bottom: 0.5rem; }
.title-row { display: flex; align-items: center; flex-wrap: wrap; gap: 0.5rem 1rem; margin-bottom: 0.6rem; }
.title-row .badge { font-size: 1rem; padding-block: 0.25rem; }
.facts { display: flex; flex-wrap: wrap; gap: 0.9rem 2.2rem; margin-top: 1.2rem; }
.facts.wide { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 16rem), 1fr)); }
.facts dt { font-size: 0.8rem; color: var(--soft); }
.facts dd { margin: 0; overflow-wrap: anywhere; }

.trust { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 0.8rem; margin-top: 1rem; }
.trust li { padding: 1rem 1.2rem; background: var(--card); border: 1px solid var(--line); border-left: 5px solid var(--waiting); border-radius: 12px; font-size: 0.95rem; }
.trust h3 { font-weight: 600; }
.trust .answer { font-weight: 700; font-size: 1.1rem; color: var(--waiting); }
.trust .yes { border-left-color: var(--fresh); }
.trust .yes .answer { color: var(--fresh); }
.trust .no { border-left-color: var(--late); }
.trust .no .answer { color: var(--late); }

.limits { margin-top: 0.5rem; max-width: 72ch; color: var(--soft); }
.marks { display: block; font-size: 0.78rem; color: var(--soft); }
.more { display: block; font-size: 0.86rem; color: var(--soft); overflow-wrap: anywhere; }
.class { padding: 0.08rem 0.55rem; border-radius: 6px; font-size: 0.84rem; background: var(--tint); white-space: nowrap; }
.class.public { background: var(--fresh-soft); color: var(--fresh); }
.class.personal { background: var(--late-soft); color: var(--late); font-weight: 600; }
.class.sensitive { background: var(--gone-soft); color: var(--gone); font-weight: 600; }

.lineage { display: grid; grid-template-columns: 1fr auto 1fr; gap: 1rem; margin-top: 1rem; align-items: stretch; }
.lineage > div { padding: 1rem 1.2rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; position: relative; }
.lineage > div + div::before { content: '→'; position: absolute; left: -0.95rem; top: 50%; translate: 0 -50%; width: 0.9rem; text-align: center; color: var(--soft); }
.lineage .self { background: var(--accent-soft); border-color: var(--accent); }
.lineage h3 { font-size: 0.8rem; font-weight: 600; color: var(--soft); letter-spacing: 0; margin-bottom: 0.3rem; }
.product section > h3 { margin-top: 1.4rem; margin-bottom: 0.4rem; }
.joins { display: flex; flex-wrap: wrap; gap: 0.4rem 2rem; }
.consumers { margin: 0.8rem 0; }
.consumers li { padding: 0.35rem 0; border-top: 1px solid var(--line); }

.buttons { display: flex; flex-wrap: wrap; align-items: center; gap: 0.6rem 1.4rem; margin: 1rem 0; }
.example { margin-top: 0.9rem; }
.example figcaption { font-size: 0.9rem; color: var(--soft); }
pre { margin: 0.25rem 0 0; padding: 0.8rem 1rem; overflow-x: auto; border-radius: 10px; background: #131a26; color: #e8edf6; font-size: 0.88rem; }
pre code { font-size: 1em; }
.flags-port { padding: 1.4rem; border: 1px dashed var(--flag); border-radius: 14px; background: var(--flag-soft); }
.flags-port h2 { color: var(--flag); margin-bottom: 0.4rem; }
@media (max-width: 46rem) {
  .lineage { grid-template-columns: 1fr; }
  .lineage > div + div::before { content: '↓'; left: 50%; top: -0.9rem; translate: -50% -50%; }
}
`
