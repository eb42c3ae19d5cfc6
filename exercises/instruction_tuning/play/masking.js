// A conversation as boxes, one for each token; green is what the loss sees.
play.add("masking", "What a conversation teaches", (place, chats) => {
  const chat = play.choice(place, "conversation", chats.map((one) => one.name), () => { token.to(0); });
  const longest = Math.max(...chats.map((one) => one.tokens.length));
  const token = play.slider(place, "token", Array.from({ length: longest }, (_, index) => String(index + 1)), 0, show);
  play.button(place, "One back", () => token.to(Math.max(0, at() - 1)));
  play.button(place, "Next token", () => token.to(at() + 1));
  const boxes = play.put(place, "div", { class: "play-tokens" });
  const say = play.line(place);
  show();

  function at() { return Math.min(token(), chats[chat()].tokens.length - 1); }

  function show() {
    const { tokens } = chats[chat()], [text, id, learned] = tokens[at()];
    const kept = tokens.filter((one) => one[2]).length;
    boxes.replaceChildren();
    tokens.forEach((one, index) => {
      const kinds = [one[2] ? "learned" : "", index === at() ? "here" : ""].join(" ");
      play.put(boxes, "span", { class: kinds }, one[0].replaceAll("\n", "⏎").replaceAll(" ", "␣"));
    });
    say(
      `Token ${at() + 1} of ${tokens.length}, “${text.replaceAll("\n", "⏎")}”, id ${id}: ` +
      (learned ? `mask 1, it is learned. What the model puts out at token ${at()} is its guess of it. `
        : "mask 0, its label is -100. The model reads it, and learns nothing from guessing it. ") +
      `${kept} of ${tokens.length} are learned.`,
    );
  }
});
