// A map of words: a sign for each kind, and lines from the word that is chosen to its three nearest by cosine.
play.add("words", "Embeddings on a map", (place, data) => {
  const SIGNS = ["●", "■", "▲", "◆", "✚"], COLOURS = ["one", "two", "three", "four", "five"];
  const names = data.words.map(([name, kind]) => `${name} (${data.kinds[kind]})`);
  const table = play.choice(place, "embeddings", data.tables.map((one) => one.name), show);
  const word = play.choice(place, "word", names, show);
  const closer = play.choice(place, "map of", ["all words", "words of its kind"], show);
  const svg = play.picture(place, 360, 290, "Words as signs on a plane");
  const say = play.line(place);
  show();

  function show() {
    const { near, ...maps } = data.tables[table()], chosen = word(), kind = data.words[chosen][1];
    const [places, spread] = closer() ? [maps.closer, maps.spreads[kind]] : [maps.places, maps.spread];
    const x = (index) => 170 + 125 * places[index][0], y = (index) => 160 - 115 * places[index][1];
    const onMap = (index) => !closer() || data.words[index][1] === kind;
    svg.replaceChildren();
    data.kinds.forEach((name, at) => sign(at, 2 + 72 * at, 14, `${SIGNS[at]} ${name}`).classList.add("small"));
    for (const other of near[chosen].filter(onMap))
      play.stroke(svg, x(chosen), y(chosen), x(other), y(other), "faint");
    data.words.forEach(([name, kind], index) => {
      if (!onMap(index)) return;
      const made = sign(kind, x(index) - 5, y(index) + 5, SIGNS[kind]);
      if (index !== chosen && !near[chosen].includes(index)) made.style.opacity = 0.6;
      made.addEventListener("click", () => word.to(index));
      if (index === chosen || closer()) play.put(svg, "text", { x: x(index) + 8, y: y(index) - 4 }, name);
    });
    const told = near[chosen].map((other) => data.words[other][0]).join(", ");
    const same = near[chosen].filter((other) => data.words[other][1] === kind).length;
    say(
      `Nearest to “${data.words[chosen][0]}” by cosine: ${told}; ` +
      `${same} of ${near[chosen].length} are of its kind. ` +
      `The map shows ${play.percent(spread)} of how these words differ, so a neighbour may stand apart on it.`,
    );
  }

  function sign(kind, x, y, text) {
    return play.put(svg, "text", { x, y, style: `fill: var(--play-${COLOURS[kind]})` }, text);
  }
});
