// What the playthings of the lessons share. A page that is opened as a file can load no ES modules, so these are plain
// scripts: this one, then for each plaything its data and its own.
"use strict";

const play = {
  data: {}, // by name: what the lesson's Python file computed

  /** Put a plaything where its page has a place for it. `show(place, data)` makes it. */
  add(name, title, show) {
    const place = document.querySelector(`[data-play="${name}"]`);
    play.put(place, "h3", { id: `play-${name}` }, title);
    place.setAttribute("aria-labelledby", `play-${name}`);
    show(place, play.data[name]);
  },

  /** A new element at the end of `parent`. */
  put(parent, tag, attributes = {}, text = "") {
    const made = parent.appendChild(document.createElementNS(parent.namespaceURI, tag));
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.textContent = text;
    return made;
  },

  /** A slider over a list; gives a function that says at which index it is. `show()` is called when it moves. */
  slider(place, label, values, start, show) {
    const row = play.put(place, "label", { class: "play-row" });
    play.put(row, "span", {}, label);
    const input = play.put(row, "input", { type: "range", min: 0, max: values.length - 1, value: start });
    const shown = play.put(row, "span", { class: "play-value", "aria-hidden": "true" });
    const say = () => {
      shown.textContent = values[input.value];
      input.setAttribute("aria-valuetext", values[input.value]);
    };
    input.addEventListener("input", () => { say(); show(); });
    say();
    return Object.assign(() => Number(input.value), { to(index) { input.value = index; say(); show(); } });
  },

  /** A choice among names; gives a function that says the index of the one that is chosen. */
  choice(place, label, names, show, start = 0) {
    const row = play.put(place, "label", { class: "play-row" });
    play.put(row, "span", {}, label);
    const select = play.put(row, "select");
    for (const name of names) play.put(select, "option", {}, name);
    select.selectedIndex = start;
    select.addEventListener("change", show);
    return Object.assign(() => select.selectedIndex, { to(index) { select.selectedIndex = index; show(); } });
  },

  button(place, label, press) {
    play.put(place, "button", { type: "button" }, label).addEventListener("click", press);
  },

  /** An empty picture, as wide as the page allows. `label` says what it is; the numbers are for `line`. */
  picture(place, width, height, label) {
    const svg = place.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "svg"));
    for (const [name, value] of Object.entries({ viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label }))
      svg.setAttribute(name, value);
    return svg;
  },

  /** A line of text below the picture, which is read aloud when it changes; gives a function that sets it. */
  line(place) {
    const made = play.put(place, "p", { "aria-live": "polite" });
    return (text) => { made.textContent = text; };
  },

  /** Axes with ticks at `xs` and `ys` in the box [left, top, right, bottom]; gives x(value) and y(value).
   *  Without `ys` there is one axis. `log` draws by powers. */
  axes(svg, [left, top, right, bottom], xs, ys = [], { log = false, xLabel = "", yLabel = "", say = String } = {}) {
    const at = (value, [low, high], from, to) => {
      const [v, l, h] = log ? [value, low, high].map(Math.log) : [value, low, high];
      return from + ((v - l) / (h - l)) * (to - from);
    };
    const x = (value) => at(value, [xs[0], xs.at(-1)], left, right);
    const y = (value) => at(value, [ys[0], ys.at(-1)], bottom, top);
    for (const tick of xs) {
      play.stroke(svg, x(tick), top, x(tick), bottom, "grid");
      play.put(svg, "text", { x: x(tick), y: bottom + 15, "text-anchor": "middle" }, say(tick));
    }
    for (const tick of ys) {
      play.stroke(svg, left, y(tick), right, y(tick), "grid");
      play.put(svg, "text", { x: left - 5, y: y(tick) + 4, "text-anchor": "end" }, say(tick));
    }
    play.put(svg, "text", { x: (left + right) / 2, y: bottom + 32, "text-anchor": "middle" }, xLabel);
    play.put(svg, "text", { x: 2, y: top - 12 }, yLabel);
    return { x, y };
  },

  /** A curve through points [x, y] of the picture. */
  curve(svg, points, kind) {
    play.put(svg, "polyline", { points: points.map((point) => point.join()).join(" "), class: kind });
  },

  /** A rectangle; its style is one of the next two. */
  box(svg, x, y, width, height, style) {
    return play.put(svg, "rect", { x, y, width, height, style });
  },

  /** Filled between the ground (0) and a colour of play.css (1). */
  shade(share, colour = "one") {
    return `fill: color-mix(in srgb, var(--play-${colour}) ${100 * share}%, var(--play-ground))`;
  },

  framed(colour, wide = 2) {
    return `fill: none; stroke: var(--play-${colour}); stroke-width: ${wide}`;
  },

  /** A straight line. */
  stroke(svg, x1, y1, x2, y2, colour, wide = 1) {
    play.put(svg, "line", { x1, y1, x2, y2, style: play.framed(colour, wide) });
  },

  percent(share) {
    return `${(100 * share).toFixed(share && share < 0.0995 ? 1 : 0)}%`;
  },
};
