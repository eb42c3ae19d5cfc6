// A row of the heat map for each position; below it, the dot product of the chosen row with every other.
play.add("positions", "Positions as clock hands", (place, data) => {
  const length = data.table.length, width = data.table[0].length, [across, down] = [320 / width, 4];
  const names = data.table.map((_, index) => String(index));
  const one = play.slider(place, "position", names, 10, show);
  const other = play.slider(place, "another", names, 17, show);
  const svg = play.picture(place, 360, 490, "A heat map of 64 positions by 32 columns, and a curve of dot products");
  const say = play.line(place);
  play.put(svg, "text", { x: 2, y: 12 }, "32 columns (blue 1, orange -1), a row a position");
  data.table.forEach((row, at) => row.forEach((value, column) => {
    const style = play.shade(Math.abs(value), value < 0 ? "two" : "one");
    play.box(svg, 32 + across * column, 22 + down * at, across + 0.2, down + 0.2, style);
  }));
  for (const at of [0, 16, 32, 48, 63]) play.put(svg, "text", { x: 27, y: 26 + down * at, "text-anchor": "end" }, at);
  const moving = play.put(svg, "g");
  show();

  function show() {
    moving.replaceChildren();
    for (const [at, colour] of [[one(), "ink"], [other(), "three"]])
      play.box(moving, 32, 22 + down * at, 320, down, play.framed(colour));
    const dots = data.dots[one()];
    const { x, y } = play.axes(moving, [32, 322, 352, 444], [0, 16, 32, 48, 63], [0, 8, 16], {
      xLabel: "the other position", yLabel: `dot product with position ${one()}`,
    });
    play.curve(moving, dots.map((dot, at) => [x(at), y(dot)]), "one");
    play.put(moving, "circle", { cx: x(other()), cy: y(dots[other()]), r: 5, style: "fill: var(--play-three)" });
    say(
      `Positions ${one()} and ${other()} are ${Math.abs(one() - other())} apart; their dot product is ` +
      `${dots[other()].toFixed(2)}. Move both by as much, and it stays. Each with itself: ${dots[one()].toFixed(2)}.`,
    );
  }
});
