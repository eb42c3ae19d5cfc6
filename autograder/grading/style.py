"""What the HTML pages that instructors read have in common: their policy and their look, by day and by night.

A page is one file: it fetches nothing and runs nothing, whatever a submission managed to write into it.
"""

from __future__ import annotations

HEAD = """<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">"""
STYLE = """
:root {
  color-scheme: light dark;
  --page: #ffffff; --ink: #1b1b1b; --quiet: #595959; --rule: #d4d4d4; --link: #0b57a4; --marked: #fff0b3;
  --bar: #3465a4; --passed: #2b7a4b; --failed: #b3382c; --todo: #8a6400; --blocked: #6b7280;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #16181c; --ink: #e6e6e6; --quiet: #a8adb5; --rule: #3a3e46; --link: #8ab8f0; --marked: #574708;
    --bar: #7fa9dd; --passed: #5cc28a; --failed: #ef8275; --todo: #e0b341; --blocked: #9aa3af;
  }
}
body {
  font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 110rem; padding: 0 1rem;
  color: var(--ink); background: var(--page); overflow-wrap: break-word;
}
a { color: var(--link) }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px }
.wide { overflow-x: auto }
table { border-collapse: collapse }
td, th { text-align: left; vertical-align: top; padding: .2rem .8rem; border-bottom: 1px solid var(--rule) }
pre { margin: 0 }
@media (max-width: 40rem) { body { margin: 1rem auto } td, th { padding: .2rem .5rem } }
"""
