/** The shop's stylesheet. */

/** Light and dark colours keep a contrast of at least 4.5 to 1 for text. */
export const stylesheet = `
:root {
  color-scheme: light dark;
  --paper: #faf7f2; --card: #ffffff; --ink: #21201c; --soft: #625d53; --line: #e5ded1; --tint: #f3ede2;
  --accent: #7a3b10; --on-accent: #ffffff; --good: #17643f; --good-soft: #e2f2e8; --waits: #7d4600; --waits-soft: #fdecc8;
  --held: #6a3aa8; --held-soft: #efe6fa; --gone: #a3211d; --gone-soft: #fbe3e1;
  --sans: ui-sans-serif, system-ui, 'Segoe UI', 'Open Sans', Roboto, Helvetica, Arial, sans-serif;
  --serif: 'Iowan Old Style', 'Palatino Linotype', Palatino, Georgia, serif;
  --mono: ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #17150f; --card: #211e17; --ink: #efeae0; --soft: #b4ab9b; --line: #3a352a; --tint: #2a261d;
    --accent: #f0a36b; --on-accent: #2a1405; --good: #7bd6a5; --good-soft: #15352a; --waits: #f3bd62; --waits-soft: #3d2d10;
    --held: #c9a6f5; --held-soft: #31244a; --gone: #ff9f98; --gone-soft: #43201f;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 var(--sans); }
h1, h2, h3 { line-height: 1.2; margin: 0; font-family: var(--serif); font-weight: 600; text-wrap: balance; }
h1 { font-size: clamp(1.7rem, 3.6vw, 2.3rem); }
h2 { font-size: 1.25rem; }
h3 { font-size: 1.05rem; }
p, ul, dl, dd, fieldset { margin: 0; padding: 0; border: 0; }
ul { list-style: none; }
a { color: var(--accent); text-underline-offset: 0.18em; text-decoration-thickness: 0.07em; }
a:hover { text-decoration-thickness: 0.14em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
code { font-family: var(--mono); font-size: 0.86em; overflow-wrap: anywhere; }
.quiet { color: var(--soft); }
.lead { font-size: 1.1rem; color: var(--soft); max-width: 62ch; }
.eyebrow { color: var(--soft); margin-bottom: 0.8rem; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: 0.5rem 1rem; z-index: 1; }
main, .top { max-width: 1080px; margin: 0 auto; padding: 0 1.4rem; }
main { padding-top: 1.6rem; padding-bottom: 4rem; }
.top { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.3rem 0.9rem; padding-top: 1.1rem; padding-bottom: 1.1rem; border-bottom: 1px solid var(--line); }
.brand { font-family: var(--serif); font-size: 1.5rem; font-weight: 600; color: var(--ink); text-decoration: none; }
.top nav { display: flex; flex-wrap: wrap; gap: 0.3rem 1.2rem; margin-left: auto; }
.count { background: var(--waits-soft); color: var(--waits); border-radius: 99px; padding: 0 0.5rem; margin-left: 0.35rem; font-size: 0.85rem; font-weight: 600; }
.columns { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 1.2rem; align-items: start; margin-top: 1.2rem; }
.columns > div { display: grid; gap: 1.2rem; }
@media (max-width: 760px) { .columns { grid-template-columns: minmax(0, 1fr); } }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 1.3rem 1.4rem; display: grid; gap: 0.9rem; }
main > .card { margin-top: 1.2rem; }
.door { max-width: 44rem; margin: 6vh auto 0; display: grid; gap: 1.3rem; }
.chips { display: flex; flex-wrap: wrap; gap: 0.6rem; }
.chips a { display: block; padding: 0.45rem 1rem; border: 1px solid var(--line); border-radius: 99px; background: var(--card); font-family: var(--mono); font-size: 0.9rem; text-decoration: none; }
.chips a:hover { border-color: var(--accent); }
.row { display: flex; flex-wrap: wrap; gap: 0.7rem; align-items: center; }
.row label { flex: 1 1 100%; color: var(--soft); }
input, select, button, .button { font: inherit; border-radius: 9px; padding: 0.45rem 0.8rem; }
input, select { border: 1px solid var(--soft); background: var(--paper); color: var(--ink); max-width: 100%; }
input::placeholder { color: var(--soft); opacity: 1; }
button, .button { border: 1px solid var(--accent); background: var(--accent); color: var(--on-accent); font-weight: 600; cursor: pointer; text-decoration: none; justify-self: start; display: inline-block; }
button.second { background: transparent; color: var(--accent); }
button.danger { border-color: var(--gone); background: transparent; color: var(--gone); }
.articles li { display: flex; justify-content: space-between; align-items: center; gap: 1rem; padding: 0.5rem 0; border-top: 1px solid var(--line); }
.articles li:first-child { border-top: 0; }
.articles label { flex: 1; }
.articles label .quiet { display: block; font-size: 0.9rem; }
.articles input, .articles select { width: 7.2rem; text-align: right; }
fieldset { display: flex; flex-wrap: wrap; gap: 0.5rem; }
legend { padding: 0 0 0.4rem; font-weight: 600; }
.option { display: flex; align-items: center; gap: 0.45rem; border: 1px solid var(--line); border-radius: 9px; padding: 0.35rem 0.8rem; cursor: pointer; }
.option:has(:checked) { border-color: var(--accent); background: var(--tint); }
.option input { margin: 0; accent-color: var(--accent); }
dl { display: grid; gap: 0.25rem; }
dl div { display: flex; justify-content: space-between; gap: 1rem; border-top: 1px solid var(--line); padding-top: 0.25rem; }
dt { color: var(--soft); }
dd { font-variant-numeric: tabular-nums; }
.flag { border-left: 5px solid var(--soft); }
.flag.known { border-left-color: var(--good); }
.flag.stale, .flag.unavailable { border-left-color: var(--waits); }
.flag.unknown { border-left-color: var(--held); }
.flag.untrusted { border-left-color: var(--gone); }
.state { font-size: 1.1rem; }
.codes { display: flex; flex-wrap: wrap; gap: 0.4rem; }
.codes li { background: var(--tint); border-radius: 7px; padding: 0.1rem 0.5rem; font-size: 0.92rem; }
.badge { display: inline-block; border-radius: 99px; padding: 0.12rem 0.7rem; font: 600 0.85rem/1.5 var(--sans); vertical-align: middle; }
.badge.good { color: var(--good); background: var(--good-soft); }
.badge.waits { color: var(--waits); background: var(--waits-soft); }
.badge.held { color: var(--held); background: var(--held-soft); }
.badge.gone { color: var(--gone); background: var(--gone-soft); }
h1 .badge { font-size: 1rem; margin-left: 0.4rem; }
h1 + .lead { margin-top: 0.5rem; }
.orders li { display: grid; grid-template-columns: 1fr auto; gap: 0.1rem 0.8rem; padding: 0.5rem 0; border-top: 1px solid var(--line); }
.orders li:first-child { border-top: 0; }
.orders .quiet { grid-column: 1 / -1; font-size: 0.9rem; }
.reasons { display: grid; gap: 0.9rem; }
.weight { display: flex; flex-wrap: wrap; align-items: center; gap: 0.2rem 0.7rem; font-size: 0.92rem; color: var(--soft); }
meter { width: 7rem; height: 0.9rem; }
meter::-webkit-meter-bar { background: var(--tint); border: 0; }
meter::-webkit-meter-optimum-value { background: var(--accent); }
meter::-moz-meter-bar { background: var(--accent); }
.big { font-family: var(--serif); font-size: 2.1rem; line-height: 1.1; font-variant-numeric: tabular-nums; }
.notice { border-radius: 10px; padding: 0.7rem 1rem; background: var(--waits-soft); color: var(--ink); margin-bottom: 0.8rem; }
.notice.alarm { background: var(--gone-soft); }
.notice.good { background: var(--good-soft); }
.notice a { color: inherit; }
.message section { border-top: 1px solid var(--line); padding-top: 0.9rem; display: grid; gap: 0.6rem; }
.bullets { list-style: disc; padding-left: 1.2rem; }
table { border-collapse: collapse; width: 100%; font-size: 0.95rem; }
th, td { text-align: left; padding: 0.5rem 0.8rem 0.5rem 0; border-top: 1px solid var(--line); font-weight: 400; }
thead th { border-top: 0; color: var(--soft); font-size: 0.85rem; }
`
