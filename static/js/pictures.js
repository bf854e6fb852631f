// An item's pictures in its form: uploaded straight to where they are kept, many at once, with their
// progress; arranged by dragging or by buttons. Without a script the form's own fields do all of it.
import { RefusedError, upload as send } from "./uploads.js";

const AT_ONCE = 3;
const section = document.querySelector(".pictures");
const form = section.closest("form");
const cards = section.querySelector(".picture-cards");
const uploads = section.querySelector(".picture-uploads");
const drop = section.querySelector(".picture-drop");
const choice = section.querySelector("input[type=file]");
const said = section.querySelector("[data-said]");
const texts = section.dataset;
const queue = [];
let running = 0;
let chosen = 0;
let isSaving = false;

// Uploads ------------------------------------------------------------------------------------------

// In the order in which the files were chosen, whichever is here first.
function insert(html, order) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  const card = template.content.firstElementChild;
  card.dataset.order = order;
  const later = [...cards.children].find((other) => Number(other.dataset.order ?? 0) > order);
  cards.insertBefore(card, later ?? null);
  equip(card);
  window.htmx?.process(card);
}

async function upload({ file, row, order }) {
  const bar = row.querySelector("progress");
  const id = await send(file, {
    api: texts.api,
    token: form.elements.csrfmiddlewaretoken.value,
    onProgress: (share) => (bar.value = share),
  });
  const card = await fetch(`${texts.cards}${id}/`);
  if (!card.ok) throw new Error(`status ${card.status}`);
  insert(await card.text(), order);
  row.remove();
}

function fail(row, text) {
  row.classList.add("picture-upload-failed");
  row.querySelector("progress").remove();
  row.querySelector(".picture-upload-text").textContent = text;
}

function rowOf(file) {
  const row = document.createElement("li");
  row.className = "picture-upload";
  const name = document.createElement("bdi");
  name.textContent = file.name;
  const text = document.createElement("span");
  text.className = "picture-upload-text";
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", `${texts.textSending}: ${file.name}`);
  row.append(name, bar, text);
  return row;
}

function add(files) {
  const room = Number(texts.most) - cards.children.length - queue.length - running;
  const taken = [...files];
  if (taken.length > room) say(texts.textMany);
  for (const file of taken) {
    const row = rowOf(file);
    uploads.append(row);
    if (taken.indexOf(file) < room) queue.push({ file, row, order: (chosen += 1) });
    else fail(row, texts.textMany);
  }
  uploads.hidden = uploads.children.length === 0;
  work();
}

function work() {
  while (running < AT_ONCE && queue.length) {
    const next = queue.shift();
    running += 1;
    upload(next)
      .catch((error) => {
        fail(next.row, error instanceof RefusedError ? error.message : texts.textFailed);
      })
      .finally(() => {
        running -= 1;
        uploads.hidden = uploads.children.length === 0;
        work();
      });
  }
  if (isSaving && running === 0 && queue.length === 0) {
    isSaving = false;
    // What failed has to be seen before the page goes.
    if (!uploads.querySelector(".picture-upload-failed")) form.requestSubmit();
  }
}

form.addEventListener("submit", (event) => {
  if (running + queue.length === 0) return;
  event.preventDefault();
  isSaving = true;
  say(texts.textWaiting);
});

choice.addEventListener("change", () => {
  add(choice.files);
  choice.value = ""; // or the form would send them once more
});

const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
for (const kind of ["dragenter", "dragover"]) {
  section.addEventListener(kind, (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    drop.classList.add("picture-drop-over");
  });
}
for (const kind of ["dragleave", "drop"]) {
  section.addEventListener(kind, () => drop.classList.remove("picture-drop-over"));
}
section.addEventListener("drop", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  add(event.dataTransfer.files);
});

// Order --------------------------------------------------------------------------------------------

function say(text) {
  said.textContent = "";
  requestAnimationFrame(() => (said.textContent = text));
}

function number() {
  [...cards.children].forEach((card, at, all) => {
    card.querySelector("[name$=-place]").value = at + 1;
    const isOff = { earlier: at === 0, first: at === 0, later: at === all.length - 1 };
    // Not `disabled`: the button that was just pressed keeps the focus.
    for (const [act, off] of Object.entries(isOff)) {
      card.querySelector(`[data-do=${act}]`).setAttribute("aria-disabled", off);
    }
  });
}

function announce(card) {
  number();
  say(`${texts.textMoved}: ${[...cards.children].indexOf(card) + 1}`);
}

const ACTS = {
  earlier: (card) => card.previousElementSibling?.before(card),
  later: (card) => card.nextElementSibling?.after(card),
  first: (card) => cards.prepend(card),
};

function remove(card, button) {
  const box = card.querySelector("[name$=-remove]");
  box.checked = !box.checked;
  button.setAttribute("aria-pressed", box.checked);
  card.classList.toggle("picture-card-gone", box.checked);
}

cards.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (!button || button.getAttribute("aria-disabled") === "true") return;
  const card = button.closest(".picture-card");
  if (button.dataset.do === "remove") {
    remove(card, button);
    return;
  }
  ACTS[button.dataset.do](card);
  button.focus(); // moving it took the focus away
  announce(card);
});

let dragged = null;
cards.addEventListener("dragstart", (event) => {
  dragged = event.target.closest(".picture-card");
  event.dataTransfer.effectAllowed = "move";
  dragged.classList.add("picture-card-dragged");
});
cards.addEventListener("dragover", (event) => {
  const over = event.target.closest(".picture-card");
  if (!dragged || !over || over === dragged) return;
  event.preventDefault();
  const isLater = dragged.compareDocumentPosition(over) & Node.DOCUMENT_POSITION_FOLLOWING;
  if (isLater) over.after(dragged);
  else over.before(dragged);
});
cards.addEventListener("dragend", () => {
  dragged.classList.remove("picture-card-dragged");
  announce(dragged);
  dragged = null;
});

function equip(card) {
  card.querySelector(".picture-frame").draggable = true;
  card.querySelector(".picture-plain").hidden = true;
  card.querySelector(".picture-tools").hidden = false;
  const box = card.querySelector("[name$=-remove]");
  card.querySelector("[data-do=remove]").setAttribute("aria-pressed", box.checked);
  card.classList.toggle("picture-card-gone", box.checked);
  number();
}

for (const card of cards.children) equip(card);
section.querySelector(".picture-drop-hint").hidden = false;
