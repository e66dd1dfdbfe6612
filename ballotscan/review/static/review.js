"use strict";
// Keys, and enlarging and moving the sheet. Everything works without this file, with Tab and Enter.
(() => {
  const targets = new Map();
  document.querySelectorAll("[data-key]").forEach((node) => targets.set(node.dataset.key, node));

  // A key pressed twice must not decide a question that nobody has seen yet: keys work once the
  // pictures are there.
  let isReady = false;
  const pictures = [...document.querySelectorAll(".work img")];
  const seen = pictures.map((picture) => picture.complete ? Promise.resolve() : new Promise((done) => {
    picture.addEventListener("load", done);
    picture.addEventListener("error", done);
  }));
  Promise.all(seen).then(() => setTimeout(() => {
    isReady = true;
    document.body.dataset.ready = "yes";
  }, 150));

  const isTyping = (node) => node.matches("input, select, textarea");
  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
    // Enter on a button or link that has the focus is that button's.
    if (event.key === "Enter" && event.target.matches("a, button")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const target = targets.get(key) || (key === "=" ? targets.get("+") : undefined);
    if (!target || !isReady) return;
    event.preventDefault();
    if (!target.matches("[data-zoom]")) isReady = false;
    target.click();
  });

  const view = document.querySelector(".view");
  if (!view) return;
  const laid = [...view.querySelectorAll(".laid")];
  const marked = view.querySelector("rect");
  let scale = 1;

  const centre = () => {
    if (!marked) return;
    const place = marked.getBoundingClientRect(), frame = view.getBoundingClientRect();
    view.scrollLeft += place.left + place.width / 2 - frame.left - frame.width / 2;
    view.scrollTop += place.top + place.height / 2 - frame.top - frame.height / 2;
  };
  const zoom = (wanted, hold) => {
    const before = scale;
    scale = Math.min(6, Math.max(0.4, wanted));
    const x = view.scrollLeft + view.clientWidth / 2, y = view.scrollTop + view.clientHeight / 2;
    laid.forEach((node) => { node.style.width = `${100 * scale}%`; });
    if (hold) {
      view.scrollLeft = x * scale / before - view.clientWidth / 2;
      view.scrollTop = y * scale / before - view.clientHeight / 2;
    }
  };
  const fit = () => {
    const picture = view.querySelector("img");
    const share = picture.naturalHeight ? view.clientHeight * picture.naturalWidth / picture.naturalHeight / view.clientWidth : 1;
    zoom(Math.min(1, share), false);
    view.scrollTop = 0;
  };
  document.querySelectorAll("[data-zoom]").forEach((button) => button.addEventListener("click", () => {
    if (button.dataset.zoom === "fit") fit();
    else if (scale < 1.2 && button.dataset.zoom === "in") { zoom(scale * 1.5, true); centre(); }
    else zoom(button.dataset.zoom === "in" ? scale * 1.5 : scale / 1.5, true);
  }));
  view.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoom(event.deltaY < 0 ? scale * 1.2 : scale / 1.2, true);
  }, { passive: false });
  let from = null;
  view.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button !== 0) return;
    from = [event.clientX + view.scrollLeft, event.clientY + view.scrollTop];
    view.classList.add("pulled");
    view.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  view.addEventListener("pointermove", (event) => {
    if (!from) return;
    view.scrollLeft = from[0] - event.clientX;
    view.scrollTop = from[1] - event.clientY;
  });
  ["pointerup", "pointercancel"].forEach((name) => view.addEventListener(name, () => {
    from = null;
    view.classList.remove("pulled");
  }));
  const first = view.querySelector("img");
  if (first.complete) fit(); else first.addEventListener("load", fit);
})();
