/** The console's style. */
export const consoleStyle = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem; }
code, pre, input { font-family: ui-monospace, monospace; font-size: 0.9rem; }
details { border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: 0.5rem; margin: 0.75rem 0; padding: 0.75rem 1rem; }
summary { cursor: pointer; }
form { display: grid; gap: 0.75rem; padding-top: 1rem; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); align-items: end; }
label { display: grid; gap: 0.25rem; }
label.token { margin-bottom: 1.5rem; }
input { padding: 0.4rem; }
button { justify-self: start; padding: 0.5rem 1.25rem; }
pre { grid-column: 1 / -1; margin: 0; max-height: 24rem; overflow: auto; white-space: pre-wrap; }
pre:empty { display: none; }
`
