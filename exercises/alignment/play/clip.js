// The objective of one token over the ratio; dashed, what it would be without the clip.
play.add("clip", "PPO's clip", (place, data) => {
  const advantage = play.choice(place, "advantage", ["+1: it turned out well", "-1: it turned out badly"], show);
  const clip = play.slider(place, "clip", data.clips.map(String), 1, show);
  const ratio = play.slider(place, "ratio", data.ratios.map((one) => one.toFixed(2)), 30, show);
  const svg = play.picture(place, 360, 246, "The objective over the ratio");
  const say = play.line(place);
  show();

  function show() {
    const { values, slopes, advantage: sign } = data.curves[2 * clip() + advantage()];
    const [low, high] = sign > 0 ? [0, 2] : [-2, 0], at = ratio(), slope = slopes[at];
    svg.replaceChildren();
    const { x, y } = play.axes(svg, [32, 32, 346, 201], [0.4, 0.7, 1, 1.3, 1.6], [low, (low + high) / 2, high], {
      xLabel: "ratio: probability now / when sampled", yLabel: "objective",
    });
    play.curve(svg, data.ratios.map((one) => [x(one), y(sign * one)]), "faint");
    play.curve(svg, data.ratios.map((one, index) => [x(one), y(values[index])]), "one");
    play.put(svg, "circle", { cx: x(data.ratios[at]), cy: y(values[at]), r: 6, style: "fill: var(--play-two)" });
    const pulled = `the token becomes ${slope > 0 ? "likelier" : "less likely"}`;
    say(
      `Ratio ${data.ratios[at].toFixed(2)}, clip ${data.clips[clip()]}: the objective is ${values[at].toFixed(2)}, ` +
      `its gradient with respect to log p is ${slope.toFixed(2)}: ` +
      `${slope ? pulled : "it pays no longer, and nothing moves"}.`,
    );
  }
});
