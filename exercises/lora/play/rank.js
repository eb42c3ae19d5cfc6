// Left: W, and B and A beside and above it, to scale. Below: parameters of one detour against its rank.
play.add("rank", "Rank against parameters", (place, data) => {
  const matrix = play.choice(place, "matrix", data.matrices.map((one) => one.name), show);
  const rank = play.slider(place, "rank r", data.ranks.map(String), 3, show);
  const svg = play.picture(place, 360, 350, "A matrix with its two thin factors, to scale, and a curve");
  const say = play.line(place);
  show();

  function show() {
    const { d_in, d_out, number, model, counts } = data.matrices[matrix()], r = data.ranks[rank()];
    const full = d_in * d_out, count = counts[rank()], scale = 80 / Math.max(d_in, d_out);
    svg.replaceChildren();
    box(20, 24, d_in * scale, d_out * scale, "one", "W");
    box(140, 24, r * scale, d_out * scale, "two", "B");
    box(160 + r * scale, 24, d_in * scale, r * scale, "two", "A");
    const top = 10 ** Math.ceil(Math.log10(full)), ticks = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8].filter((one) => one <= top);
    const { x, y } = play.axes(svg, [52, 156, 346, 306], [1, 8, 64, 768], ticks, {
      log: true, xLabel: "rank", yLabel: "numbers in one detour; dashed: in W", say: short,
    });
    play.curve(svg, [[52, y(full)], [346, y(full)]], "faint");
    play.curve(svg, counts.map((one, index) => [x(data.ranks[index]), y(one)]), "two");
    play.put(svg, "circle", { cx: x(r), cy: y(count), r: 5, style: "fill: var(--play-two)" });
    const all = (count * number).toLocaleString("en");
    const [fewer, more] = [`${(full / count).toFixed(1)} times fewer`, `${(count / full).toFixed(2)} times as many`];
    say(
      `Rank ${r}: A and B have ${count.toLocaleString("en")} numbers, W has ${full.toLocaleString("en")}: ` +
      `${count < full ? fewer : more}. ` +
      `In all ${number} places: ${all}, ${((100 * count * number) / model).toFixed(2)}% of the model.`,
    );
  }

  function box(x, y, width, height, colour, name) {
    play.box(svg, x, y, width, height, `stroke: var(--play-${colour}); ${play.shade(0.6, colour)}`);
    play.put(svg, "text", { x, y: y - 6 }, name);
  }

  function short(value) {
    return value >= 1e6 ? `${value / 1e6}M` : value >= 1e3 ? `${value / 1e3}k` : String(value);
  }
});
