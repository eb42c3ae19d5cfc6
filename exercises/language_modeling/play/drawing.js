// Bars: the probability of each token as it is drawn, after temperature and top-p. What is cut stays as an outline.
play.add("drawing", "Turn the knobs: temperature and top-p", (place, data) => {
  play.put(place, "p", {}, `The course's model has read “${data.prompt}”. What does it draw next?`);
  const temperature = play.slider(place, "temperature", data.temperatures.map((one) => one.toFixed(1)), 10, show);
  const p = play.slider(place, "top-p", data.p.map((one) => one.toFixed(2)), data.p.length - 1, show);
  const svg = play.picture(place, 360, 24 * (data.tokens.length + 1), "A bar for each of the likeliest tokens");
  const say = play.line(place);
  show();

  function show() {
    const { probs, kept, mass } = data.at[temperature()];
    const [left, whole] = [kept[p()], mass[p()]];
    const drawn = probs.map((prob, index) => (index < left ? prob / whole : 0));
    const others = Math.max(0, 1 - drawn.reduce((sum, one) => sum + one, 0));
    svg.replaceChildren();
    data.tokens.forEach((token, row) => bar(row, shown(token), drawn[row], probs[row]));
    bar(data.tokens.length, "all others", others, 0);
    say(
      `Of ${data.vocabulary.toLocaleString("en")} tokens ${left.toLocaleString("en")} can be drawn. ` +
      `Likeliest is ${shown(data.tokens[0])} with ${play.percent(drawn[0])}; ` +
      `all but the ten above have ${play.percent(others)} together.`,
    );
  }

  function shown(token) { return token.replaceAll(" ", "␣"); }

  function bar(row, label, share, before) {
    const y = 24 * row;
    play.put(svg, "text", { x: 82, y: y + 16, "text-anchor": "end" }, label);
    play.box(svg, 90, y + 2, 215 * before, 18, play.framed("faint", 1));
    play.box(svg, 90, y + 2, 215 * share, 18, play.shade(1));
    play.put(svg, "text", { x: 95 + 215 * Math.max(share, before), y: y + 16 }, share ? play.percent(share) : "cut");
  }
});
