// A text as boxes, one for each token, after so many merges. What the last merge made is marked.
play.add("merging", "Merge one pair at a time", (place, data) => {
  const last = data.steps.length - 1;
  const step = play.slider(place, "merges", data.steps.map((_, index) => String(index)), 0, show);
  play.button(place, "One back", () => step.to(Math.max(0, step() - 1)));
  play.button(place, "Merge the next pair", () => step.to(Math.min(last, step() + 1)));
  const tokens = play.put(place, "div", { class: "play-tokens" });
  const say = play.line(place);
  show();

  function show() {
    const { pair, count, sizes } = data.steps[step()];
    const made = pair && pair.join("");
    tokens.replaceChildren();
    let start = 0;
    for (const size of sizes) {
      const token = data.text.slice(start, (start += size));
      play.put(tokens, "span", token === made ? { class: "new" } : {}, token.replaceAll(" ", "␣"));
    }
    const both = pair && pair.map(named).join(" and ");
    const told = pair ? `Merge ${step()} joins ${both}, which stood together ${times(count)}. ` : "";
    const next = step() < last ? data.steps[step() + 1] : null;
    const then = next ? `Next comes ${named(next.pair.join(""))}, ${times(next.count)}.` : "";
    say(`${told}${data.text.length} bytes are ${sizes.length} tokens. ${then}`);
  }

  function named(token) { return `“${token.replaceAll(" ", "␣")}”`; }
  function times(count) { return count === 1 ? "once" : `${count} times`; }
});
