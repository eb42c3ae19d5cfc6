// A matrix of weights: a row for each token that looks, a column for each that is looked at.
play.add("heads", "What a head looks at", (place, data) => {
  const tokens = data.tokens.map((one) => one.trim()), side = Math.min(21, 270 / tokens.length), left = 62, top = 60;
  const head = play.choice(place, "head", data.heads.map((one) => one.name), show, data.start);
  const query = play.slider(place, "token", tokens, tokens.length - 1, show);
  const svg = play.picture(place, 360, top + side * tokens.length + 6, "A matrix of attention weights");
  const say = play.line(place);
  show();

  function show() {
    const { weights, entropy } = data.heads[head()], at = query(), looks = weights[at];
    svg.replaceChildren();
    tokens.forEach((token, index) => {
      const middle = left + side * (index + 0.6);
      play.put(svg, "text", { x: left - 5, y: top + side * index + 15, "text-anchor": "end" }, token);
      play.put(svg, "text", { transform: `translate(${middle} ${top - 5}) rotate(-60)` }, token);
    });
    weights.forEach((row, y) => row.forEach((weight, x) => {
      const cell = play.box(svg, left + side * x, top + side * y, side - 1, side - 1, play.shade(weight));
      cell.addEventListener("click", () => query.to(y));
    }));
    play.box(svg, left - 1, top + side * at - 1, side * (at + 1) + 1, side + 1, play.framed("two"));
    const order = looks.map((_, index) => index).sort((one, other) => looks[other] - looks[one]).slice(0, 3);
    const told = order.map((index) => `“${tokens[index]}” (token ${index + 1}) ${play.percent(looks[index])}`);
    say(`Token ${at + 1}, “${tokens[at]}”, looks at ${told.join(", ")}. ` +
      `Entropy ${entropy[at].toFixed(2)} nats, of ${Math.log(at + 1).toFixed(2)} at most. ` +
      "A token sees itself and what stands before it.");
  }
});
