// The look of the reference page. Used by reference.ts, which names its hash, and reference-page.ts.

export const style = `
:root { color-scheme: light dark; font: 1rem/1.55 system-ui, sans-serif; --ground: light-dark(#fff, #14171b); --side: light-dark(#f5f7fa, #1a1e24); --text: light-dark(#16202b, #e8ecf1); --quiet: light-dark(#4d5763, #aeb7c2); --line: light-dark(#dce1e7, #343b44); --accent: light-dark(#0b5cad, #7ab8ff); --code: light-dark(#f0f3f7, #20252c); --get: light-dark(#0b5cad, #7ab8ff); --post: light-dark(#1b6e3a, #6fd08f); --put: light-dark(#7a4b00, #e6b35c); --patch: light-dark(#7a4b00, #e6b35c); --delete: light-dark(#a61b1b, #ff9a9a) }
* { box-sizing: border-box }
html { scroll-padding-top: 1.5rem }
body { margin: 0; display: grid; grid-template-columns: 17rem minmax(0, 1fr); background: var(--ground); color: var(--text) }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.5rem 1rem; background: var(--side); border-right: 1px solid var(--line); font-size: .9rem; line-height: 1.35 }
nav strong { display: block; margin: 1.25rem 0 .35rem; font-size: .75rem; letter-spacing: .06em; text-transform: uppercase; color: var(--quiet) }
nav .name { font-size: 1.15rem; font-weight: 700; color: var(--text); padding: 0 .5rem }
nav a { display: block; padding: .22rem .5rem; border-radius: .35rem; color: var(--text); text-decoration: none }
nav a:hover { background: var(--code) }
main { max-width: 56rem; padding: 2rem 2.5rem 6rem; overflow-wrap: anywhere }
h1 { margin: 0 0 .75rem; font-size: 2rem; line-height: 1.2 }
h2 { margin: 3.5rem 0 .25rem; padding-top: 1.5rem; border-top: 1px solid var(--line); font-size: 1.5rem }
h3 { margin: 2.75rem 0 .4rem; font-size: 1.15rem; line-height: 1.3 }
h4 code { text-transform: none; letter-spacing: 0; font-weight: 400 }
h4 { margin: 1.5rem 0 .35rem; font-size: .8rem; letter-spacing: .05em; text-transform: uppercase; color: var(--quiet) }
p { margin: 0 0 .75rem }
a { color: var(--accent) }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .87em }
code { padding: .1em .3em; border-radius: .25rem; background: var(--code) }
pre { margin: .25rem 0 1rem; padding: .8rem 1rem; border-radius: .5rem; background: var(--code); white-space: pre-wrap }
pre code { padding: 0; background: none }
.call { display: flex; flex-wrap: wrap; gap: .25rem .7rem; align-items: baseline; margin: 0 0 .6rem; font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .95rem }
.method { font-weight: 700 }
.get { color: var(--get) } .post { color: var(--post) } .put { color: var(--put) } .patch { color: var(--patch) } .delete { color: var(--delete) }
.quiet { color: var(--quiet) }
table { width: 100%; border-collapse: collapse; margin: 0 0 .5rem; font-size: .92rem }
th { text-align: left; font-size: .8rem; font-weight: 600; color: var(--quiet) }
th, td { padding: .45rem .75rem .45rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
td:first-child { width: 13rem; font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .85rem }
td p { margin: 0 0 .2rem }
details { margin: .25rem 0 .5rem }
summary { cursor: pointer; color: var(--accent) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: .2rem }
@media (max-width: 56rem) { body { display: block } nav { position: static; height: auto; max-height: 40vh; border-right: 0; border-bottom: 1px solid var(--line) } main { padding: 1.25rem 1rem 4rem } td:first-child { width: 38% } }
`
