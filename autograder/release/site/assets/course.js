// Wide tables scroll within a frame that the generator's own script puts around them: keys must reach it, too.
new MutationObserver(() => {
  for (const frame of document.querySelectorAll(".md-typeset__scrollwrap:not([tabindex])")) frame.tabIndex = 0;
}).observe(document.documentElement, { childList: true, subtree: true });
