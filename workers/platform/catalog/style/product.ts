/** The pages of a product, of the policies and of a problem. */

/** Answers, classes and chips carry their word; colour only repeats it. */
export const productStyle = `
.product table { min-width: 44rem; }
.product > section, .problem > section, .policies > section { margin-top: 3rem; scroll-margin-top: 4rem; }
.product h2, .policies h2 { scroll-margin-top: 4.5rem; }
.product h2 + p:not(.buttons), .policies h2 + p { margin-top: 0.4rem; }
.product section > h3 { margin-top: 1.8rem; margin-bottom: 0.5rem; }
.product td, .product th, .policies td { overflow-wrap: anywhere; }
.crumbs { font-size: 0.92rem; color: var(--soft); margin-bottom: 0.5rem; }
.product h1, .product .hash, .lead, .prose { overflow-wrap: anywhere; }
.product td time { white-space: nowrap; }
.title-row { display: flex; align-items: center; flex-wrap: wrap; gap: 0.5rem 1rem; margin-bottom: 0.6rem; }
.title-row .badge { font-size: 1rem; padding-block: 0.25rem; }
.majors ul { display: inline-flex; border: 1px solid var(--soft); border-radius: 99px; overflow: hidden; }
.majors a { display: block; padding: 0.2rem 0.85rem; font-weight: 600; font-size: 0.92rem; text-decoration: none; }
.majors a:focus-visible { outline-offset: -3px; border-radius: 99px; }
.majors [aria-current] { background: var(--accent); color: var(--on-accent); }
.facts { display: flex; flex-wrap: wrap; gap: 0.9rem 2.2rem; margin-top: 1.2rem; }
.facts.wide { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 16rem), 1fr)); }
.facts dt { font-size: 0.8rem; color: var(--soft); }
.facts dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }

.banner { margin-top: 1.4rem; padding: 1.1rem 1.3rem; border-radius: 12px; border-left: 5px solid var(--late); background: var(--late-soft); }
.banner h2 { font-size: 1.12rem; margin-bottom: 0.3rem; color: var(--late); }
.banner p { max-width: 72ch; }
.banner .facts { margin-top: 0.7rem; gap: 0.6rem 2rem; }
.banner .facts dt, .banner .quiet { color: inherit; }
.banner a { color: inherit; font-weight: 600; }
.banner.breach, .banner.ended { border-left-color: var(--gone); background: var(--gone-soft); }
.banner.breach h2, .banner.ended h2 { color: var(--gone); }
.banner.available, .banner.announced { border-left-color: var(--waiting); background: var(--waiting-soft); }
.banner.available h2, .banner.announced h2 { color: var(--waiting); }

.contents { position: sticky; top: 0; z-index: 1; margin: 1.8rem -1.5rem 0; padding: 0 1.5rem; overflow-x: auto; background: var(--paper); border-bottom: 1px solid var(--line); scrollbar-width: none; }
.contents ul { display: flex; gap: 0.2rem 1.4rem; }
.contents a { display: block; padding: 0.7rem 0; white-space: nowrap; font-size: 0.95rem; text-decoration: none; }
.contents a:hover { text-decoration: underline; }
.contents + section { margin-top: 2rem; }

.trust { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 0.8rem; margin-top: 1rem; }
.trust li { padding: 1rem 1.2rem; background: var(--card); border: 1px solid var(--line); border-left: 5px solid var(--waiting); border-radius: 12px; font-size: 0.95rem; overflow-wrap: anywhere; }
.trust h3 { font-weight: 600; }
.trust .answer { font-weight: 700; font-size: 1.1rem; color: var(--waiting); }
.trust .yes { border-left-color: var(--fresh); }
.trust .yes .answer { color: var(--fresh); }
.trust .no { border-left-color: var(--late); }
.trust .no .answer { color: var(--late); }

.prose { max-width: 72ch; }
.business { display: block; font-weight: 600; white-space: normal; }
.marks { display: block; font-size: 0.78rem; color: var(--soft); }
.more { display: block; margin-top: 0.1rem; font-size: 0.86rem; color: var(--soft); overflow-wrap: anywhere; }
details > summary { cursor: pointer; color: var(--accent); width: fit-content; }
.kind { min-width: 8rem; }
.members { margin-top: 0.4rem; padding-left: 0.8rem; border-left: 2px solid var(--line); font-size: 0.88rem; }
.class, .chip { padding: 0.08rem 0.55rem; border-radius: 6px; font-size: 0.84rem; background: var(--tint); white-space: nowrap; }
.class.public, .chip.yes { background: var(--fresh-soft); color: var(--fresh); }
.class.personal, .chip.warning, .chip.deprecated, .chip.unsupported { background: var(--late-soft); color: var(--late); font-weight: 600; }
.class.sensitive, .chip.error, .chip.ended { background: var(--gone-soft); color: var(--gone); font-weight: 600; }
.chip { font-weight: 600; letter-spacing: 0; }
.chip.announced, .chip.preview { background: var(--waiting-soft); color: var(--waiting); }
.chip.available { background: var(--tint); color: var(--soft); font-weight: 400; }
.chip.plain, .chip.excused { background: var(--tint); color: var(--soft); font-weight: 500; }

.lineage { display: grid; grid-template-columns: 1fr auto 1fr; gap: 1rem; margin-top: 1rem; align-items: stretch; }
.lineage > div { padding: 1rem 1.2rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; position: relative; overflow-wrap: anywhere; min-width: 0; }
.lineage > div + div::before { content: '→'; position: absolute; left: -0.95rem; top: 50%; translate: 0 -50%; width: 0.9rem; text-align: center; color: var(--soft); }
.lineage .self { background: var(--accent-soft); border-color: var(--accent); max-width: 22rem; }
.lineage h3 { font-size: 0.8rem; font-weight: 600; color: var(--soft); letter-spacing: 0; margin-bottom: 0.3rem; }
.joins { display: flex; flex-wrap: wrap; gap: 0.4rem 2rem; }
.ask { margin-top: 1rem; }

.buttons { display: flex; flex-wrap: wrap; align-items: center; gap: 0.6rem 1.4rem; margin: 1rem 0; }
.documents { display: flex; flex-wrap: wrap; gap: 0.3rem 1.4rem; margin: 0.3rem 0 0.6rem; }
.example { margin-top: 0.9rem; }
.example figcaption { overflow-wrap: anywhere; font-size: 0.9rem; color: var(--soft); }
pre { margin: 0.25rem 0 0; padding: 0.8rem 1rem; overflow-x: auto; border-radius: 10px; background: #131a26; color: #e8edf6; font-size: 0.88rem; }
pre code { font-size: 1em; }
.flags-port { padding: 1.4rem; border: 1px dashed var(--flag); border-radius: 14px; background: var(--flag-soft); }
.flags-port h2 { color: var(--flag); margin-bottom: 0.4rem; }

.findings { display: grid; gap: 0.35rem; margin-top: 0.6rem; }
.findings.boxed { gap: 0.8rem; margin-top: 1rem; }
.findings.boxed > li { padding: 0.9rem 1.2rem; background: var(--card); border: 1px solid var(--line); border-left: 5px solid var(--late); border-radius: 12px; display: grid; gap: 0.3rem; overflow-wrap: anywhere; }
.findings.boxed > .error { border-left-color: var(--gone); }
.findings.boxed > .excused { border-left-color: var(--waiting); }
.history { list-style: none; margin: 1.2rem 0 0; padding: 0; }
.history > li { position: relative; padding: 0 0 1.6rem 1.6rem; border-left: 2px solid var(--line); margin-left: 0.4rem; overflow-wrap: anywhere; }
.history > li::before { content: ''; position: absolute; left: -0.46rem; top: 0.35rem; width: 0.8rem; height: 0.8rem; border-radius: 50%; background: var(--accent); border: 2px solid var(--paper); }
.history > li:last-child { padding-bottom: 0; border-left-color: transparent; }
.history .quiet { font-size: 0.92rem; }
.domain-rules { margin-top: 1.6rem; }
.domain-rules h3 { text-transform: capitalize; }
.domain-rules .facts { margin-top: 0.5rem; }
@media (max-width: 46rem) {
  .lineage { grid-template-columns: 1fr; }
  .lineage > div + div::before { content: '↓'; left: 50%; top: -0.9rem; translate: -50% -50%; }
  .lineage .self { max-width: none; }
}
@media print { .contents { display: none; } }
`
