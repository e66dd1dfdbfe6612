"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const { words, statuses, reasons, faults, titles, pictures } = data;
  const ballots = data.ballots.map(([id, title, status, why, folder, files, page, fault, rows], at) =>
    ({ at, id, title, status, why, source: data.folders[folder] + files, page, fault, rows }));
  const PER_LIST = 50, PER_GALLERY = 12;

  const make = (tag, text, name) => {
    const node = document.createElement(tag);
    if (text !== undefined) node.textContent = text;
    if (name) node.className = name;
    return node;
  };
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
  // Some computers write Vietnamese file names letter and accent apart.
  const plain = (text) => text.normalize("NFC").toLocaleLowerCase();
  const number = (n) => n.toLocaleString(data.language);
  const reasonsOf = (ballot) => reasons.filter(([bit]) => ballot.why & bit).map(([, text]) => text);
  // A page that could not be read says more than its reason.
  const whyOf = (ballot) => ballot.fault === null ? reasonsOf(ballot) : [faults[ballot.fault]];
  const rowsOf = (ballot) => ballot.rows ? [fill(words.rows, ballot)] : [];
  const fileOf = (ballot) => fill(words.where, { file: ballot.source, page: ballot.page });
  const pictureOf = (ballot) => pictures + "/" + encodeURIComponent(ballot.id) + ".jpg";

  const pictureNode = (ballot, lazy) => {
    const image = make("img");
    image.alt = fill(words.alt, { id: ballot.id });
    if (lazy) image.loading = "lazy";
    image.decoding = "async";
    image.addEventListener("error", () => image.replaceWith(make("p", words.missing, "missing")));
    image.src = pictureOf(ballot);
    return image;
  };

  // Turn pages of any list: draw(from, to) shows a part of it.
  const pager = (node, size, count, draw) => {
    let page = 0;
    const back = make("button", words.previous), on = make("button", words.next), where = make("span");
    back.type = on.type = "button";
    const show = () => {
      const from = page * size, to = Math.min(from + size, count());
      draw(from, to);
      where.textContent = count() ? fill(words.range, { from: number(from + 1), to: number(to), all: number(count()) }) : words.none;
      back.disabled = page === 0;
      on.disabled = to >= count();
      back.hidden = on.hidden = count() <= size;
    };
    back.addEventListener("click", () => { page -= 1; show(); });
    on.addEventListener("click", () => { page += 1; show(); });
    node.append(back, where, on);
    return { restart() { page = 0; show(); } };
  };

  // The viewer steps through the list that it was opened from.
  const dialog = document.querySelector("dialog");
  const [view, title, link] = [".view", ".head p", "a"].map((name) => dialog.querySelector(name));
  const steps = dialog.querySelectorAll("[data-step]");
  let shown = [], place = 0;
  const look = () => {
    const ballot = shown[place];
    view.replaceChildren(pictureNode(ballot, false));
    view.scrollTo(0, 0);
    title.textContent = [statuses[ballot.status], ...whyOf(ballot), ...rowsOf(ballot), fileOf(ballot)].join(" · ");
    link.href = pictureOf(ballot);
    steps.forEach((step) => { step.disabled = !shown[place + Number(step.dataset.step)]; });
  };
  const open = (list, at) => { shown = list; place = at; look(); dialog.showModal(); };
  const step = (by) => { if (shown[place + by]) { place += by; look(); } };
  steps.forEach((node) => node.addEventListener("click", () => step(Number(node.dataset.step))));
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => view.replaceChildren());
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") step(-1);
    else if (event.key === "ArrowRight") step(1);
  });

  // Ballots for the committee, as pictures.
  const waiting = ballots.filter((ballot) => ballot.status === 0);
  const gallery = document.querySelector("#waiting .gallery");
  const cards = pager(document.querySelector("#waiting .pages"), PER_GALLERY, () => waiting.length, (from, to) => {
    gallery.replaceChildren(...waiting.slice(from, to).map((ballot, index) => {
      const card = make("article", undefined, "ballot"), button = make("button"), text = make("div");
      button.type = "button";
      button.append(pictureNode(ballot, true));
      button.addEventListener("click", () => open(waiting, from + index));
      text.append(make("p", whyOf(ballot).join("; "), "why"), ...rowsOf(ballot).map((rows) => make("p", rows)), make("p", fileOf(ballot)), make("p", ballot.id, "id"));
      card.append(button, text);
      return card;
    }));
  });

  // All ballots, as a table.
  const find = document.getElementById("find"), status = document.getElementById("status"), reason = document.getElementById("reason");
  const option = (value, text) => { const node = make("option", text); node.value = value; return node; };
  status.append(option("", words.every), ...statuses.map((text, code) => option(code, text)));
  reason.append(option("", words.every), ...reasons.map(([bit, text]) => option(bit, text)));
  const body = document.querySelector("#list tbody");
  document.getElementById("list").classList.toggle("single", titles.length === 1);
  let listed = ballots;
  const rows = pager(document.querySelector("#ballots .pages"), PER_LIST, () => listed.length, (from, to) => {
    body.replaceChildren(...listed.slice(from, to).map((ballot, index) => {
      const row = make("tr"), cell = make("td"), button = make("button", ballot.id, "open");
      button.type = "button";
      button.addEventListener("click", () => open(listed, from + index));
      cell.append(button);
      row.append(make("td", number(ballot.at + 1), "n"), cell, make("td", ballot.title === null ? words.unknown : titles[ballot.title]),
        make("td", statuses[ballot.status]), make("td", whyOf(ballot).join("; ")), make("td", fileOf(ballot)));
      return row;
    }));
  });
  const filter = () => {
    const text = plain(find.value.trim());
    listed = ballots.filter((ballot) =>
      (status.value === "" || ballot.status === Number(status.value)) &&
      (reason.value === "" || ballot.why & Number(reason.value)) &&
      (text === "" || ballot.id.includes(text) || plain(ballot.source).includes(text)));
    rows.restart();
  };
  [find, status, reason].forEach((node) => node.addEventListener("input", filter));
  cards.restart();
  rows.restart();
})();
