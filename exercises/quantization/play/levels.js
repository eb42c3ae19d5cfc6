// A number line: above, the weights; below, the levels of the format; a line from each weight to where it goes.
play.add("levels", "Where the weights go", (place, data) => {
  const names = data.blocks[0].formats.map((one) => one.name);
  const format = play.choice(place, "format", names, show, 1);
  const outliers = data.times.map((one) => (one === 1 ? "none" : `the largest, ${one} times as large`));
  const block = play.choice(place, "outlier", outliers, show);
  const weight = play.slider(place, "weight", data.blocks[0].weights.map((_, index) => String(index + 1)), 9, show);
  const svg = play.picture(place, 360, 204, "A number line with the weights above and the levels below");
  const say = play.line(place);
  show();

  function show() {
    const { weights, formats } = data.blocks[block()], { levels, back, error } = formats[format()], at = weight();
    const end = Math.ceil(Math.max(...weights.map(Math.abs)));
    svg.replaceChildren();
    const { x } = play.axes(svg, [16, 24, 344, 158], [-end, -end / 2, 0, end / 2, end]);
    play.put(svg, "text", { x: 2, y: 13 }, `${weights.length} weights`);
    play.put(svg, "text", { x: 2, y: 196 }, `${levels.length} levels`);
    for (const level of levels) play.stroke(svg, x(level), 115, x(level), 150, "two", 1.5);
    weights.forEach((one, index) => {
      const [colour, wide] = index === at ? ["ink", 2.5] : ["one", 1];
      play.stroke(svg, x(one), 24, x(one), 50, colour, wide + 0.5);
      play.stroke(svg, x(one), 50, x(back[index]), 112, colour, wide);
    });
    const lost = back.filter((one, index) => one === 0 && weights[index] !== 0).length;
    say(
      `Weight ${at + 1} is ${weights[at].toFixed(4)} and comes back as ${back[at].toFixed(4)}. ` +
      `Relative error of the block: ${error.toFixed(3)}; ${lost} of ${weights.length} become 0.`,
    );
  }
});
