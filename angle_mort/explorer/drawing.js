// Paints one state of the explorer as SVG and text. It asks nothing of any network; every text is set as text.
const SVG = "http://www.w3.org/2000/svg";

function node(name, attributes = {}, children = []) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function html(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

const scaled = ([from, to], start, end) => (value) => start + ((value - from) / (to - from)) * (end - start);

// ------------------------------------------------------------------------------------------------------- the frame

/** Where everything stands for a picture in this width: margins, height, and the two scales. */
function laid(picture, width) {
  const words = picture.y.ticks.map(([, word]) => String(word).length);
  const left = picture.y.above ? 4 : 14 + 7.5 * Math.max(1, ...words);
  const names = picture.x.ticks.some(([, word]) => String(word).length > 5);
  const top = picture.zones.length || !picture.rows ? 24 : 8;
  const foot = (names ? 48 : 20) + (picture.x.label ? 20 : 0);
  const inner = picture.rows ? picture.rows * picture.y.height : Math.min(420, Math.max(240, width - left - 12));
  return {
    left, top, right: width - 12, bottom: top + inner, height: top + inner + foot,
    x: scaled(picture.x.span, left, width - 12),
    y: scaled(picture.y.span, top + inner, top),
  };
}

function zones(picture, place) {
  return picture.zones.flatMap(([from, to, name], index) => [
    node("rect", { class: `am-zone-${index}`, x: place.x(from), y: 0, width: place.x(to) - place.x(from), height: place.bottom }),
    node("text", { class: "am-quiet", x: place.x((from + to) / 2), y: 15, "text-anchor": "middle" }, [name]),
  ]);
}

function wrapped(word, x, y) {
  const lines = String(word).split(" ");
  return node("text", { class: "am-quiet", y, "text-anchor": "middle" },
    lines.map((line, index) => node("tspan", { x, dy: index ? 14 : 0 }, [line])));
}

function axes(picture, place) {
  const made = [node("line", { class: "am-axis", x1: place.left, x2: place.right, y1: place.bottom, y2: place.bottom })];
  for (const [value, word] of picture.x.ticks) made.push(wrapped(word, place.x(value), place.bottom + 15));
  for (const [value, word] of picture.y.ticks) {
    const heading = picture.y.above && ![...picture.marks, ...picture.rects].some((each) => within(each, value));
    made.push(picture.y.above
      ? node("text", { class: heading ? "am-strong" : "", x: place.left + 3, y: place.y(value - 0.5) + (heading ? 30 : 15) }, [word])
      : node("text", { class: "am-quiet", x: place.left - 6, y: place.y(value) + 4, "text-anchor": "end" }, [word]));
  }
  const middle = (place.left + place.right) / 2;
  made.push(node("text", { class: "am-quiet", x: middle, y: place.height - 6, "text-anchor": "middle" }, [picture.x.label]));
  if (picture.y.label) {
    const turn = `translate(11 ${(place.top + place.bottom) / 2}) rotate(-90)`;
    made.push(node("text", { class: "am-quiet", transform: turn, "text-anchor": "middle" }, [picture.y.label]));
  }
  return made;
}

const within = (each, row) => Math.abs((each.y ?? (each.y0 + each.y1) / 2) - row) < 0.5;

// ------------------------------------------------------------------------------------------------------- the marks

function named(group, each, leader) {
  if (each.name) group.append(node("title", {}, [each.name]));
  if (!each.id) return group;
  group.dataset.leader = each.id;
  group.classList.toggle("am-chosen", each.id === leader);
  group.setAttribute("role", "button");
  group.setAttribute("aria-label", each.name);
  group.setAttribute("aria-pressed", String(each.id === leader));
  group.setAttribute("tabindex", "-1");
  return group;
}

function rectangle(each, place, leader) {
  const [x, y] = [Math.min(place.x(each.x0), place.x(each.x1)), Math.min(place.y(each.y0), place.y(each.y1))];
  const size = { x, y, width: Math.abs(place.x(each.x1) - place.x(each.x0)), height: Math.abs(place.y(each.y1) - place.y(each.y0)) };
  const group = node("g", { class: "am-mark" });
  const solid = each.strength === 1 && !each.id;
  const shade = each.id ? 0 : solid ? 0.85 : 0.08 + 0.6 * each.strength;
  group.append(node("rect", { class: "am-rect", "fill-opacity": shade, ...size }));
  if (each.id) group.append(node("rect", { class: "am-ring", ...size }));
  if (each.text) {
    const beside = solid;
    group.append(node("text", {
      class: each.strength > 0.5 && !beside ? "am-strong" : "", y: y + size.height / 2 + 4,
      x: beside ? x + size.width + 6 : x + size.width / 2, "text-anchor": beside ? "start" : "middle",
    }, [each.text]));
  }
  return named(group, each, leader);
}

function mark(each, place, leader, thin, radius) {
  const [x, y] = [place.x(each.x), place.y(each.y)];
  const group = node("g", { class: `am-mark${each.tone ? " am-group" : ""}${thin ? " am-thin" : ""}` });
  if (each.xl !== undefined) group.append(node("line", { class: "am-bar", x1: place.x(each.xl), x2: place.x(each.xh), y1: y, y2: y }));
  if (each.yl !== undefined) group.append(node("line", { class: "am-bar", x1: x, x2: x, y1: place.y(each.yl), y2: place.y(each.yh) }));
  group.append(each.tone
    ? node("rect", { class: "am-dot", x: x - 5, y: y - 5, width: 10, height: 10 })
    : node("circle", { class: "am-dot", cx: x, cy: y, r: radius }));
  if (each.id) group.append(node("circle", { class: "am-ring", cx: x, cy: y, r: 8.5 }));
  if (each.text) {
    const after = place.right - place.x(each.xh ?? each.x) > 9 + 7.5 * each.text.length; // else there is no room for it
    const from = after ? (each.xh ?? each.x) : (each.xl ?? each.x);
    group.append(node("text", {
      class: `am-value${each.tone ? " am-group" : ""}`, x: place.x(from) + (after ? 9 : -9), y: y + 4, "text-anchor": after ? "start" : "end",
    }, [each.text]));
  }
  return named(group, each, leader);
}

function drawn(picture, leader, width) {
  const place = laid(picture, width);
  const dense = picture.marks.filter((each) => each.yl !== undefined).length > 1;
  const radius = picture.marks.length > 80 ? 3.4 : 5.2;
  const order = (each) => (each.tone ? 1 : 0) + (each.id && each.id === leader ? 2 : 0);
  const marks = [...picture.marks].sort((a, b) => order(a) - order(b));
  const svg = node("svg", { viewBox: `0 0 ${width} ${place.height}`, height: place.height, "aria-label": picture.alt });
  svg.append(
    ...zones(picture, place),
    ...picture.rects.filter((each) => !each.id).map((each) => rectangle(each, place, leader)),
    ...picture.lines.map((each) => node("line", {
      class: "am-line", x1: place.x(each.x0), x2: place.x(each.x1), y1: place.y(each.y0), y2: place.y(each.y1),
    })),
    ...axes(picture, place),
    ...picture.rects.filter((each) => each.id).map((each) => rectangle(each, place, leader)),
    ...marks.map((each) => mark(each, place, leader, dense && each.id !== leader, radius)),
  );
  const reachable = svg.querySelectorAll("[data-leader]");
  svg.classList.toggle("am-covered", picture.rects.length > 0);
  svg.setAttribute("role", reachable.length ? "group" : "img");
  const first = [...reachable].find((each) => each.dataset.leader === leader) ?? reachable[0];
  first?.setAttribute("tabindex", "0");
  return svg;
}

// --------------------------------------------------------------------------------------------------- words beside it

function filledTable(picture) {
  const table = html("table");
  const head = table.createTHead().insertRow();
  for (const name of picture.columns) head.append(Object.assign(html("th", "", name), { scope: "col" }));
  const body = table.createTBody();
  for (const cells of picture.table) {
    const row = body.insertRow();
    cells.forEach((cell, index) => row.append(index ? html("td", "", cell) : Object.assign(html("th", "", cell), { scope: "row" })));
  }
  return table;
}

function told(why) {
  return why.flatMap(([heading, lines]) => [html("h4", "", heading), ...lines.map((line) => html("p", "", line))]);
}

// ------------------------------------------------------------------------------------------------------- the widget

/** Keys pressed in what can have the focus are ours: JupyterLab would move to another cell, add one or delete this one. */
function keep(screen) {
  for (const each of screen.querySelectorAll("select, button, summary, [tabindex]")) {
    each.setAttribute("data-lm-suppress-shortcuts", "true");
  }
}

function render({ model, el }) {
  el.classList.add("am-drawing");
  const head = html("p", "am-head");
  const status = html("p", "am-note am-status");
  const title = html("h3", "am-title");
  const figure = html("figure");
  const canvas = html("div", "am-canvas");
  const caption = html("figcaption");
  const details = html("details");
  const scroll = Object.assign(html("div", "am-scroll"), { tabIndex: 0 });
  const summary = html("summary");
  details.append(summary, scroll);
  figure.append(title, canvas, caption, details);
  const aside = html("div", "am-why");
  const who = html("h3");
  const reasons = html("div");
  aside.append(who, reasons);
  for (const each of [status, title, who]) each.setAttribute("aria-live", "polite");
  const body = html("div", "am-body");
  body.append(figure, aside);
  el.append(head, status, body);

  let frame = 0;
  let width = 0;
  const fill = () => {
    const { picture, words } = model.get("state");
    scroll.setAttribute("aria-label", words.table);
    scroll.replaceChildren(...(details.open ? [filledTable(picture)] : []));
  };
  const paint = () => {
    frame = 0;
    const state = model.get("state");
    if (!state.picture || !el.isConnected) return;
    width = Math.max(260, Math.round(canvas.clientWidth || 640));
    const held = canvas.contains(document.activeElement) ? document.activeElement.dataset.leader : null;
    head.replaceChildren(...state.heading.map((line) => html("span", "", line)));
    title.textContent = state.picture.title;
    canvas.replaceChildren(drawn(state.picture, state.leader, width));
    caption.replaceChildren(...state.picture.reading.map((line) => html("p", "", line)));
    if (canvas.querySelector("[data-leader]")) caption.append(html("p", "am-note", state.words.keys));
    summary.textContent = state.words.table;
    fill();
    who.textContent = state.leader && `${state.words.why} ${state.leader}`;
    reasons.replaceChildren(...told(state.why));
    aside.hidden = !state.leader;
    status.textContent = model.get("status") || state.search;
    keep(el.closest(".am-explorer") ?? el);
    if (held) focus([...canvas.querySelectorAll("[data-leader]")].find((each) => each.dataset.leader === held));
    setTimeout(() => (el.dataset.state = state.number));
  };
  const soon = () => (frame ||= requestAnimationFrame(paint)); // several changes before a frame: the last is painted
  const focus = (target) => {
    if (!target) return;
    for (const each of canvas.querySelectorAll("[tabindex='0']")) each.setAttribute("tabindex", "-1");
    target.setAttribute("tabindex", "0");
    target.focus();
  };
  const choose = (target) => {
    const leader = target?.closest("[data-leader]")?.dataset.leader;
    if (!leader) return;
    model.set("chosen", leader === model.get("state").leader ? "" : leader);
    model.save_changes();
  };
  const key = (event) => {
    const here = event.target.closest?.("[data-leader]");
    if (!here) return;
    const all = [...canvas.querySelectorAll("[data-leader]")].sort(reading);
    const at = all.indexOf(here);
    const next = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Enter" || event.key === " ") choose(here);
    else if (next === undefined) return;
    else focus(all[Math.min(all.length - 1, Math.max(0, next))]);
    event.preventDefault();
    event.stopPropagation();
  };
  const reading = (a, b) => {
    const [first, second] = [a.getBoundingClientRect(), b.getBoundingClientRect()];
    return first.top - second.top || first.left - second.left;
  };

  canvas.addEventListener("click", (event) => choose(event.target));
  canvas.addEventListener("keydown", key);
  details.addEventListener("toggle", fill);
  model.on("change:state", soon);
  model.on("change:status", soon);
  const watcher = new ResizeObserver(() => canvas.clientWidth && Math.round(canvas.clientWidth) !== width && soon());
  watcher.observe(canvas);
  soon();
  return () => {
    cancelAnimationFrame(frame);
    watcher.disconnect();
    model.off("change:state", soon);
    model.off("change:status", soon);
  };
}

export default { render };
