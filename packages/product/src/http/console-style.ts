/** The console's style: the catalog's colours, light and dark. */

/** The stylesheet. */
export const consoleStyle = `
:root {
  color-scheme: light dark;
  --paper: #f6f5f1; --card: #ffffff; --ink: #1b2130; --soft: #545c6c; --line: #dedbd2; --accent: #0b6b62; --on-accent: #ffffff;
  --mono: ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root { --paper: #12151c; --card: #1a1f29; --ink: #e9ebf0; --soft: #a5aebd; --line: #303745; --accent: #5fd0c2; --on-accent: #06221e; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 2rem 1.5rem 4rem; background: var(--paper); color: var(--ink); font: 16px/1.55 ui-sans-serif, system-ui, 'Open Sans', Roboto, sans-serif; }
h1 { margin: 0.2rem 0; font-size: 2.3rem; letter-spacing: -0.03em; line-height: 1.2; }
p { margin: 0.4rem 0; max-width: 68ch; }
a { color: var(--accent); text-underline-offset: 0.18em; }
code, pre, input { font-family: var(--mono); font-size: 0.86rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
details { background: var(--card); border: 1px solid var(--line); border-radius: 12px; margin: 0.6rem 0; padding: 0.9rem 1.2rem; }
summary { cursor: pointer; }
summary code { font-weight: 700; margin-right: 0.6rem; color: var(--accent); }
h2 { margin: 2.2rem 0 0; font-size: 1.25rem; letter-spacing: -0.01em; }
.soft, label small { color: var(--soft); }
.soft { font-size: 0.92rem; }
.notice { padding: 0.6rem 1rem; border-left: 4px solid var(--accent); background: var(--card); }
.codes { font-family: var(--mono); font-size: 0.8rem; overflow-wrap: anywhere; }
.codes a { text-underline-offset: 0.35em; }
details[open] > summary { margin-bottom: 0.6rem; }
.filters { grid-column: 1 / -1; margin: 0; background: var(--paper); }
.filters summary { font-weight: 600; }
form, .inputs { display: grid; gap: 0.9rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); align-items: end; }
form { padding-top: 1rem; }
.wide, .actions, .status { grid-column: 1 / -1; }
label { display: grid; gap: 0.25rem; }
label small { font-weight: 400; overflow-wrap: anywhere; }
label.token { margin: 1.8rem 0 1.2rem; font-weight: 600; }
input, select, textarea { width: 100%; min-height: 2.4rem; padding: 0.5rem 0.7rem; border: 1px solid var(--soft); border-radius: 8px; background: var(--card); color: var(--ink); font-family: var(--mono); font-size: 0.86rem; }
input::placeholder { color: var(--soft); opacity: 1; }
.actions { display: flex; gap: 0.6rem; }
button { padding: 0.5rem 1.4rem; border: 1px solid var(--accent); border-radius: 9px; background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; cursor: pointer; }
button.next { background: none; color: var(--accent); }
.status { margin: 0; font-family: var(--mono); font-weight: 700; padding-left: 0.7rem; border-left: 4px solid var(--soft); }
.status.good { border-color: var(--accent); }
.status.bad { border-color: #b3261e; }
pre { grid-column: 1 / -1; margin: 0; padding: 0.9rem 1.1rem; max-height: 26rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; border-radius: 10px; background: #131a26; color: #e8edf6; }
pre.headers { background: var(--paper); color: var(--soft); border: 1px solid var(--line); max-height: 12rem; }
pre:empty, .status:empty { display: none; }
`
