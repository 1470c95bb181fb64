/** Colours, type and the frame of every page. */

/** Light and dark colours keep a contrast of at least 4.5 to 1 for text. */
export const baseStyle = `
:root {
  color-scheme: light dark;
  --paper: #f6f5f1; --card: #ffffff; --ink: #1b2130; --soft: #545c6c; --line: #dedbd2; --tint: #eeece5;
  --accent: #0b6b62; --accent-soft: #dff0ed; --on-accent: #ffffff;
  --fresh: #11663f; --fresh-soft: #e0f2e8; --late: #8a4600; --late-soft: #fdeccb;
  --waiting: #3a4f6e; --waiting-soft: #e4ebf5; --gone: #a3211d; --gone-soft: #fbe3e1;
  --flag: #6a3aa8; --flag-soft: #efe6fa;
  --sans: ui-sans-serif, system-ui, 'Segoe UI', 'Open Sans', Roboto, Helvetica, Arial, sans-serif;
  --mono: ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #12151c; --card: #1a1f29; --ink: #e9ebf0; --soft: #a5aebd; --line: #303745; --tint: #232935;
    --accent: #5fd0c2; --accent-soft: #15332f; --on-accent: #06221e;
    --fresh: #6fd8a2; --fresh-soft: #14332a; --late: #f3bd62; --late-soft: #3a2b10;
    --waiting: #a9c0e6; --waiting-soft: #22304a; --gone: #ff9f98; --gone-soft: #43201f;
    --flag: #c9a6f5; --flag-soft: #31244a;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 var(--sans); }
h1, h2, h3 { line-height: 1.2; margin: 0; letter-spacing: -0.015em; text-wrap: balance; }
h1 { font-size: clamp(1.9rem, 4.2vw, 2.7rem); letter-spacing: -0.03em; }
h2 { font-size: 1.3rem; }
h3 { font-size: 1.02rem; }
p, ul, dl, figure { margin: 0; padding: 0; }
ul { list-style: none; }
a { color: var(--accent); text-underline-offset: 0.18em; text-decoration-thickness: 0.07em; }
a:hover { text-decoration-thickness: 0.14em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
code, pre, .id { font-family: var(--mono); font-size: 0.86em; }
small { font-size: 0.95rem; font-weight: 400; letter-spacing: 0; }
.quiet { color: var(--soft); }
.lead { font-size: 1.13rem; max-width: 64ch; color: var(--soft); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: 0.5rem 1rem; z-index: 1; }
main, .top, .bottom { max-width: 1180px; margin: 0 auto; padding: 0 1.5rem; }
main { padding-top: 2.2rem; padding-bottom: 3rem; }

.top { display: flex; flex-wrap: wrap; align-items: center; gap: 0.8rem 1.3rem; padding-top: 1.1rem; padding-bottom: 1.1rem; }
.brand { display: flex; align-items: center; gap: 0.6rem; font-weight: 700; font-size: 1.18rem; letter-spacing: -0.02em; color: var(--ink); text-decoration: none; }
.mark { width: 2.1rem; fill: none; stroke: var(--accent); stroke-width: 3.2; stroke-linecap: round; }
.top [role='search'] { flex: 1 1 9rem; display: flex; min-width: 0; gap: 0.5rem; max-width: 24rem; }
.account { margin-left: auto; display: flex; align-items: center; gap: 0.7rem; font-size: 0.95rem; }
.account p { line-height: 1.25; }
.account p > a { font-weight: 600; color: inherit; }
.account small { display: block; font-size: 0.8rem; color: var(--soft); }
.development { padding: 0.35rem 1.5rem; text-align: center; font-size: 0.88rem; font-weight: 600; background: var(--late-soft); color: var(--late); }
.top nav { display: flex; gap: 1.2rem; margin-left: auto; }
input, button, .button { font: inherit; border-radius: 9px; padding: 0.45rem 0.9rem; }
input { flex: 1; min-width: 0; border: 1px solid var(--soft); background: var(--card); color: var(--ink); }
input::placeholder { color: var(--soft); opacity: 1; }
button, .button { border: 0; background: var(--accent); color: var(--on-accent); font-weight: 600; text-decoration: none; cursor: pointer; }
button.plain { background: none; border: 1px solid var(--soft); color: var(--ink); font-weight: 500; padding: 0.3rem 0.75rem; }
button.plain:hover { border-color: var(--accent); color: var(--accent); }
.bottom { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0.4rem 2rem; padding-top: 1.2rem; padding-bottom: 2.2rem; border-top: 1px solid var(--line); color: var(--soft); font-size: 0.9rem; }

.badge { display: inline-flex; align-items: center; gap: 0.38rem; padding: 0.14rem 0.62rem 0.14rem 0.45rem; border-radius: 99px; font-size: 0.85rem; font-weight: 600; white-space: nowrap; }
.badge svg { width: 0.9rem; height: 0.9rem; fill: currentColor; }
.badge.fresh { color: var(--fresh); background: var(--fresh-soft); }
.badge.late { color: var(--late); background: var(--late-soft); }
.badge.waiting, .badge.not_asked { color: var(--waiting); background: var(--waiting-soft); }
.badge.unreachable { color: var(--gone); background: var(--gone-soft); }

.scroll { position: relative; overflow-x: auto; border: 1px solid var(--line); border-radius: 12px; background: var(--card); margin-top: 1rem; }
table { border-collapse: collapse; width: 100%; font-size: 0.95rem; }
th, td { text-align: left; vertical-align: top; padding: 0.6rem 1rem; border-top: 1px solid var(--line); }
thead th { border-top: 0; background: var(--tint); font-size: 0.8rem; font-weight: 600; color: var(--soft); }
tbody th { font-weight: 500; white-space: nowrap; }
@media print { .top form, .top nav, .account, .skip { display: none; } }
`
