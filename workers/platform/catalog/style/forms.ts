/** Forms: fields with their labels and mistakes, choices, and what is pressed. */

/** A mistake stands beside its field, with words and a sign; colour only repeats it. */
export const formsStyle = `
.form { display: grid; gap: 1.4rem; max-width: 46rem; }
.form.wide { max-width: 62rem; }
p + .form:not(.panel) { margin-top: 0.9rem; }
.field { display: grid; gap: 0.3rem; min-width: 0; }
.field > label, label.field, .form legend { font-weight: 600; padding: 0; }
.hint { font-size: 0.9rem; color: var(--soft); font-weight: 400; max-width: 66ch; }
fieldset { border: 0; margin: 0; padding: 0; min-width: 0; display: grid; gap: 0.6rem; }
.form input:not([type='checkbox'], [type='radio']), .form select, textarea { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--soft); border-radius: 9px; padding: 0.45rem 0.7rem; width: 100%; max-width: 100%; font-weight: 400; }
.form input[type='date'] { width: 12rem; }
textarea { min-height: 5.2rem; resize: vertical; }
.form [aria-invalid='true'] { border-color: var(--gone); border-width: 2px; }
.mistake { display: flex; gap: 0.45rem; color: var(--gone); font-weight: 600; font-size: 0.93rem; }
.mistake::before { content: '!'; flex: none; width: 1.25rem; height: 1.25rem; border-radius: 50%; background: var(--gone); color: var(--card); text-align: center; line-height: 1.25rem; font-size: 0.85rem; }
.has-mistake { border-left: 4px solid var(--gone); padding-left: 1rem; }
.choice { display: grid; grid-template-columns: 1.25rem 1fr; gap: 0.1rem 0.6rem; align-items: start; align-content: start; }
.choice input { margin: 0.28rem 0 0; width: 1.1rem; height: 1.1rem; accent-color: var(--accent); }
.choice label { cursor: pointer; min-width: 0; overflow-wrap: anywhere; }
.choice .hint { grid-column: 2; }
.boxes { display: grid; gap: 0.55rem; padding: 1rem 1.2rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
.boxes + .boxes { margin-top: 0.2rem; }
.boxes legend { float: left; width: 100%; margin-bottom: 0.3rem; }
.boxes-in { display: grid; clear: both; }
.shown:not(:has(> .choice > input[value='classes']:checked)) > .of-classes, .shown:not(:has(> .choice > input[value='columns']:checked)) > .of-columns { display: none; }
.columns { grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: 0.7rem 1.4rem; }
.condition { display: grid; grid-template-columns: minmax(0, 1.3fr) minmax(0, 1fr) minmax(0, 1.3fr); gap: 0.5rem; }
.actions { display: flex; flex-wrap: wrap; align-items: center; gap: 0.7rem 1rem; }
button.danger { background: var(--gone); color: var(--card); }
.mistakes { padding: 1rem 1.3rem; border-radius: 12px; border: 2px solid var(--gone); background: var(--gone-soft); max-width: 46rem; margin-bottom: 1.6rem; }
.mistakes h2 { font-size: 1.12rem; color: var(--gone); margin-bottom: 0.3rem; }
.mistakes a { color: inherit; }
.outcome { display: flex; gap: 0.6rem; padding: 0.8rem 1.2rem; margin-bottom: 1.6rem; border-radius: 12px; background: var(--fresh-soft); color: var(--fresh); font-weight: 600; }
.outcome::before { content: '✓'; }
@media (max-width: 36rem) { .condition { grid-template-columns: 1fr; } }
`
