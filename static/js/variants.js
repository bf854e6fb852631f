// An item's variants in its form: rows are added, moved and removed. Without a script there are rows to
// spare, places to type and boxes to tick.

const section = document.querySelector(".variants");
const form = section.closest("form");
const rows = section.querySelector(".variant-rows");
const model = section.querySelector("template");
const total = section.querySelector("[name$=-TOTAL_FORMS]");
const add = section.querySelector(".variant-add");
const said = section.querySelector("[data-said]");
const texts = section.dataset;

const field = (row, name) => row.querySelector(`[name$=-${name}]`);

function say(text) {
  said.textContent = "";
  requestAnimationFrame(() => (said.textContent = text));
}

function number() {
  const all = [...rows.children];
  all.forEach((row, at) => {
    field(row, "place").value = at + 1;
    const isOff = { earlier: at === 0, later: at === all.length - 1 };
    // Not `disabled`: the button that was just pressed keeps the focus.
    for (const [act, off] of Object.entries(isOff)) {
      row.querySelector(`[data-do=${act}]`).setAttribute("aria-disabled", off);
    }
  });
  const isLeft = (row) => !field(row, "DELETE").checked;
  form.classList.toggle("has-variants", all.some(isLeft));
}

function show(row) {
  const box = field(row, "DELETE");
  row.querySelector("[data-do=remove]").setAttribute("aria-pressed", box.checked);
  row.classList.toggle("variant-gone", box.checked);
}

function remove(row) {
  if (!field(row, "id").value) {
    (row.nextElementSibling?.querySelector("[data-do=remove]") ?? add).focus();
    row.remove();
    say(texts.textRemoved);
  } else {
    const box = field(row, "DELETE");
    box.checked = !box.checked;
    show(row);
  }
  number();
}

const ACTS = {
  earlier: (row) => row.previousElementSibling?.before(row),
  later: (row) => row.nextElementSibling?.after(row),
};

rows.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (!button || button.getAttribute("aria-disabled") === "true") return;
  const row = button.closest(".variant");
  if (button.dataset.do === "remove") {
    remove(row);
    return;
  }
  ACTS[button.dataset.do](row);
  button.focus(); // moving it took the focus away
  number();
  say(`${texts.textMoved}: ${[...rows.children].indexOf(row) + 1}`);
});

function equip(row) {
  row.querySelector(".variant-plain").hidden = true;
  row.querySelector(".picture-tools").hidden = false;
  show(row);
}

add.addEventListener("click", () => {
  const place = document.createElement("template");
  place.innerHTML = model.innerHTML.replaceAll("__prefix__", total.value).trim();
  const row = place.content.firstElementChild;
  total.value = Number(total.value) + 1;
  rows.append(row);
  equip(row);
  number();
  field(row, "name_ar").focus();
});

for (const row of [...rows.children]) {
  if (row.classList.contains("variant-blank")) row.remove();
  else equip(row);
}
add.hidden = false;
number();
