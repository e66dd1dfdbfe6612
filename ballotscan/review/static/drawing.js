// The drawing board: boxes and names on the blank, by mouse, finger or keys. What is drawn is sent to
// the program after every change; what the program proposes, binds or snaps comes back the same way.
"use strict";

const state = JSON.parse(document.getElementById("state").textContent);
const says = state.says;
const paper = document.getElementById("paper");
const sheet = document.getElementById("sheet");
const at = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";
const LEAST_MM = 1;

let shapes = state.draft.shapes;
let labels = state.labels;
let choices = state.choices;
let selected = new Set();
let page = 1;
let pxPerMm = 4;
let mode = "select";
let history = [];
let changes = 0; // of the drawing; an answer to an older one is not taken
let timer = null;
let waiting = 0; // requests that are not answered yet
let sending = Promise.resolve(true);

const round = (mm) => Math.round(mm * 100) / 100;
const ofPage = () => shapes.filter((shape) => shape.page === page);
const chosen = () => shapes.filter((shape) => selected.has(shape.id));
const inOrder = (list) => [...list].sort((a, b) => a.top - b.top || a.left - b.left);
const newId = () => shapes.reduce((last, shape) => Math.max(last, shape.id), 0) + 1;

function remember() {
  history.push(JSON.stringify(shapes));
  if (history.length > 200) history.shift();
}

// Drawing -----------------------------------------------------------------------------------------

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const key in attributes) made.setAttribute(key, attributes[key]);
  return made;
}

function lay(group, shape) {
  const rect = group.firstChild;
  for (const [key, value] of [["x", shape.left], ["y", shape.top], ["width", shape.width], ["height", shape.height]]) {
    rect.setAttribute(key, value);
  }
  const text = group.querySelector("text");
  const isName = shape.kind === "name"; // its letters must not be covered
  text.setAttribute("text-anchor", isName ? "end" : "start");
  text.setAttribute("x", shape.left + (isName ? -0.8 : 0.6));
  text.setAttribute("y", shape.top + 3);
  const corner = group.querySelector(".corner");
  corner.setAttribute("cx", shape.left + shape.width);
  corner.setAttribute("cy", shape.top + shape.height);
}

function kindOf(shape) {
  if (!shape.contest_id) return "loose";
  if (shape.kind === "name") return "name";
  return ["agree", "choose", null].includes(shape.role) ? "first" : "second";
}

function draw() {
  const focused = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.id : null;
  const size = state.sizes[page - 1];
  paper.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
  paper.setAttribute("width", size.width * pxPerMm);
  paper.setAttribute("height", size.height * pxPerMm);
  const image = element("image", { href: `/drawing/blank/${page}.png`, width: size.width, height: size.height });
  const made = [image];
  for (const shape of inOrder(ofPage())) {
    const group = element("g", {
      class: `place ${kindOf(shape)}`, tabindex: "0", role: "button", "data-id": shape.id,
      "aria-label": labels[shape.id] || String(shape.id), "aria-pressed": selected.has(shape.id),
    });
    const text = element("text", {});
    text.textContent = shape.candidate ? `${shape.candidate}${shape.number ? "/" + shape.number : ""}` : "?";
    group.append(element("rect", {}), text, element("circle", { class: "corner", r: selected.has(shape.id) ? 1.1 : 0 }));
    lay(group, shape);
    made.push(group);
  }
  paper.replaceChildren(...made);
  if (focused) {
    const again = paper.querySelector(`[data-id="${focused}"]`);
    if (again) again.focus({ preventScroll: true });
  }
  tell();
}

function mark() { // what is selected, without making everything anew: a drag must not lose its place
  for (const group of paper.querySelectorAll(".place")) {
    const is = selected.has(Number(group.dataset.id));
    group.setAttribute("aria-pressed", is);
    group.querySelector(".corner").setAttribute("r", is ? 1.1 : 0);
  }
  tell();
}

function tell() {
  const list = inOrder(chosen());
  at("what").textContent = !list.length ? says.none
    : list.length === 1 ? labels[list[0].id] || "" : says.several.replace("{number}", list.length);
  at("meaning").value = list.length ? choices[list[0].id] || "" : "";
  at("meaning").disabled = !list.length;
  for (const side of ["left", "top", "width", "height"]) {
    at(side).disabled = list.length !== 1;
    if (document.activeElement !== at(side)) at(side).value = list.length === 1 ? round(list[0][side]) : "";
  }
}

function tellGaps() {
  const list = at("gaps");
  list.className = state.isWhole ? "whole" : "";
  list.replaceChildren(...(state.isWhole ? [says.whole] : state.gaps).map((sentence) => {
    const item = document.createElement("li");
    item.textContent = sentence;
    return item;
  }));
}

// Sending -----------------------------------------------------------------------------------------

function changed() {
  changes += 1;
  at("saving").textContent = says.saving;
  at("board").setAttribute("aria-busy", "true");
  clearTimeout(timer);
  timer = setTimeout(() => ask("keep"), 300);
}

function ask(task, more = {}) {
  clearTimeout(timer);
  timer = null;
  waiting += 1;
  at("board").setAttribute("aria-busy", "true");
  sending = sending.then(() => send(task, more)).then((is) => {
    waiting -= 1;
    if (!waiting && timer === null) at("board").setAttribute("aria-busy", "false");
    return is;
  });
  return sending;
}

async function send(task, more) {
  const sent = changes;
  at("saving").textContent = task === "keep" ? says.saving : says.working;
  const draft = { shapes, expected_mark: at("mark").value, is_photo: at("photo").checked };
  try {
    const answer = await fetch("/drawing/edit", {
      method: "POST", headers: { "content-type": "application/json" },
      body: JSON.stringify({ draft, task, selected: [...selected], ...more }),
    });
    if (!answer.ok) throw new Error(answer.status);
    const now = await answer.json();
    if (changes === sent) {
      shapes = now.draft.shapes;
      labels = now.labels;
      choices = now.choices;
      const there = new Set(shapes.map((shape) => shape.id));
      selected = new Set([...selected].filter((id) => there.has(id)));
      Object.assign(state, { gaps: now.gaps, isWhole: now.isWhole });
      tellGaps();
      draw();
    }
    at("saving").textContent = says.saved;
    return true;
  } catch {
    at("saving").textContent = says.failed;
    return false;
  }
}

async function settled() {
  if (timer !== null) await ask("keep");
  return sending;
}

// Doing -------------------------------------------------------------------------------------------

function moveSelected(across, down, isSize) {
  remember();
  for (const shape of chosen()) {
    if (isSize) {
      shape.width = round(Math.max(LEAST_MM, shape.width + across));
      shape.height = round(Math.max(LEAST_MM, shape.height + down));
    } else {
      shape.left = round(Math.max(0, shape.left + across));
      shape.top = round(Math.max(0, shape.top + down));
    }
    const group = paper.querySelector(`[data-id="${shape.id}"]`);
    if (group) lay(group, shape);
  }
  tell();
  changed();
}

function loose(shape) {
  return { ...shape, contest_id: null, candidate: null, role: null, number: null };
}

function copyBelow() {
  const rows = inOrder(chosen());
  if (!rows.length) return;
  remember();
  const first = rows[0].top, last = rows[rows.length - 1];
  // As far below as rows of the column stand apart already; the first copy goes close below.
  const close = Math.max(last.height, 8);
  const under = inOrder(ofPage()).find((s) => !selected.has(s.id) && s.top > last.top + 1 && Math.abs(s.left - last.left) < 2);
  const above = inOrder(ofPage()).reverse().find((s) => !selected.has(s.id) && s.top < first - 1 && Math.abs(s.left - rows[0].left) < 2);
  const step = last.top > first + 1 ? last.top - first + close
    : above ? first - above.top : under ? under.top - first : close;
  let id = newId();
  const copies = rows.map((shape) => ({ ...loose(shape), id: id++, top: round(shape.top + step) }));
  shapes = [...shapes, ...copies];
  selected = new Set(copies.map((shape) => shape.id));
  draw();
  changed();
}

function deleteSelected() {
  if (!selected.size) return;
  remember();
  shapes = shapes.filter((shape) => !selected.has(shape.id));
  selected = new Set();
  draw();
  changed();
  paper.parentElement.focus();
}

function undo() {
  const before = history.pop();
  if (!before) return;
  shapes = JSON.parse(before);
  selected = new Set();
  draw();
  changed();
}

function zoom(factor) {
  pxPerMm = Math.min(14, Math.max(1.5, pxPerMm * factor));
  draw();
}

const DOES = {
  propose: () => { remember(); selected = new Set(); ask("propose"); },
  bind: () => { remember(); ask("bind"); },
  alike: () => { remember(); ask("alike"); },
  snap: () => { remember(); ask("snap"); },
  copy: copyBelow, delete: deleteSelected, undo,
  larger: () => zoom(1.25), smaller: () => zoom(0.8),
};

function setMode(value) {
  mode = value;
  document.querySelector(`[name="mode"][value="${value}"]`).checked = true;
  paper.style.cursor = value === "select" ? "default" : "crosshair";
}

function stand(value) { // for what the selected ones stand
  if (!selected.size) return;
  remember();
  if (!value) {
    shapes = shapes.map((shape) => (selected.has(shape.id) ? loose(shape) : shape));
    changed();
    ask("keep");
    return;
  }
  const [contest, candidate, role, number] = value.split("/");
  if (selected.size > 1) {
    ask("bind-from", { contest_id: contest, candidate: Number(candidate) });
    return;
  }
  for (const shape of chosen()) {
    Object.assign(shape, { contest_id: contest, candidate: Number(candidate), role: role || null, number: number ? Number(number) : null });
  }
  changed();
  ask("keep");
}

// Mouse and fingers -------------------------------------------------------------------------------

function point(event) {
  const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(paper.getScreenCTM().inverse());
  return { x: place.x, y: place.y };
}

paper.addEventListener("pointerdown", (event) => {
  if (event.button) return;
  const start = point(event);
  const group = event.target.closest(".place");
  const id = group ? Number(group.dataset.id) : null;
  if (group && mode === "select") {
    if (event.shiftKey) {
      if (selected.has(id)) selected.delete(id); else selected.add(id);
    } else if (!selected.has(id)) {
      selected = new Set([id]);
    }
    mark();
    drag(event, event.target.classList.contains("corner") ? "size" : "move", start);
  } else {
    drag(event, mode === "select" ? "band" : "draw", start);
  }
});

function drag(event, what, start) {
  event.preventDefault();
  paper.setPointerCapture(event.pointerId);
  const before = JSON.stringify(shapes);
  const from = new Map(chosen().map((shape) => [shape.id, { ...shape }]));
  const band = what === "band" || what === "draw" ? element("rect", { class: "band" }) : null;
  if (band) paper.append(band);
  let now = start;
  const move = (next) => {
    now = point(next);
    const across = now.x - start.x, down = now.y - start.y;
    if (band) {
      const box = spanned(start, now);
      for (const [key, value] of [["x", box.left], ["y", box.top], ["width", box.width], ["height", box.height]]) band.setAttribute(key, value);
      return;
    }
    for (const shape of chosen()) {
      const old = from.get(shape.id);
      if (what === "size") {
        shape.width = round(Math.max(LEAST_MM, old.width + across));
        shape.height = round(Math.max(LEAST_MM, old.height + down));
      } else {
        shape.left = round(Math.max(0, old.left + across));
        shape.top = round(Math.max(0, old.top + down));
      }
      const group = paper.querySelector(`[data-id="${shape.id}"]`);
      if (group) lay(group, shape);
    }
    tell();
  };
  const up = (last) => {
    paper.removeEventListener("pointermove", move);
    paper.removeEventListener("pointerup", up);
    paper.removeEventListener("pointercancel", up);
    if (band) band.remove();
    const box = spanned(start, now);
    if (what === "band") {
      selectWithin(box, last.shiftKey);
    } else if (what === "draw") {
      if (box.width >= LEAST_MM && box.height >= LEAST_MM) addShape(box, before);
    } else if (JSON.stringify(shapes) !== before) {
      history.push(before);
      changed();
    }
  };
  paper.addEventListener("pointermove", move);
  paper.addEventListener("pointerup", up);
  paper.addEventListener("pointercancel", up);
}

function spanned(a, b) {
  return { left: round(Math.min(a.x, b.x)), top: round(Math.min(a.y, b.y)), width: round(Math.abs(a.x - b.x)), height: round(Math.abs(a.y - b.y)) };
}

function selectWithin(box, isMore) {
  const within = ofPage().filter((s) => s.left < box.left + box.width && s.left + s.width > box.left && s.top < box.top + box.height && s.top + s.height > box.top);
  selected = new Set([...(isMore ? selected : []), ...(box.width + box.height > 1 ? within.map((s) => s.id) : [])]);
  mark();
}

function addShape(box, before) {
  history.push(before);
  const id = newId();
  shapes = [...shapes, { ...loose({}), id, page, kind: mode, ...box }];
  selected = new Set([id]);
  draw();
  changed();
  ask("snap");
}

// Keys --------------------------------------------------------------------------------------------

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const LETTERS = { a: "alike", s: "snap", d: "copy", u: "undo", "+": "larger", "-": "smaller" };

paper.addEventListener("focusin", (event) => {
  const group = event.target.closest(".place");
  if (group && group.matches(":focus-visible") && !selected.has(Number(group.dataset.id))) {
    selected = new Set([Number(group.dataset.id)]);
    mark();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.target.closest("input:not([type=radio]), select, textarea")) return;
  if (ARROWS[event.key] && selected.size && event.target.type !== "radio") {
    const step = event.ctrlKey ? 0.1 : 0.5;
    moveSelected(ARROWS[event.key][0] * step, ARROWS[event.key][1] * step, event.shiftKey);
  } else if (event.key === "a" && event.ctrlKey) {
    selected = new Set(ofPage().map((shape) => shape.id));
    mark();
  } else if (event.ctrlKey || event.altKey || event.metaKey) {
    return;
  } else if (event.key === "Delete" || event.key === "Backspace") {
    deleteSelected();
  } else if (event.key === "Escape") {
    selected = new Set();
    mark();
  } else if (event.key === "v" || event.key === "b" || event.key === "n") {
    setMode({ v: "select", b: "box", n: "name" }[event.key]);
  } else if (LETTERS[event.key]) {
    DOES[LETTERS[event.key]]();
  } else {
    return;
  }
  event.preventDefault();
});

// The panel ---------------------------------------------------------------------------------------

for (const button of document.querySelectorAll("[data-do]")) {
  button.addEventListener("click", () => DOES[button.dataset.do]());
}
for (const radio of document.querySelectorAll('[name="mode"]')) {
  radio.addEventListener("change", () => setMode(radio.value));
}
for (const side of ["left", "top", "width", "height"]) {
  at(side).addEventListener("change", () => {
    const value = Number(at(side).value);
    if (!Number.isFinite(value) || value < 0 || selected.size !== 1) return;
    remember();
    for (const shape of chosen()) shape[side] = side === "width" || side === "height" ? Math.max(LEAST_MM, value) : value;
    draw();
    changed();
  });
}
at("meaning").addEventListener("change", () => stand(at("meaning").value));
for (const id of ["mark", "photo"]) at(id).addEventListener("change", () => ask("keep"));
if (at("page")) at("page").addEventListener("change", () => { page = Number(at("page").value); selected = new Set(); draw(); });
at("finish").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (await settled()) at("finish").submit();
});
at("try").addEventListener("click", async (event) => {
  event.preventDefault();
  if (await settled()) window.location.assign(at("try").href);
});

sheet.tabIndex = -1;
pxPerMm = Math.max(2, Math.min(5, (sheet.clientWidth - 40) / state.sizes[0].width));
tellGaps();
draw();
