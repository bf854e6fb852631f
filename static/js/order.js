// A list whose rows change places, by their buttons or dragged by their handles. Each move is saved at
// once. Without a script the buttons send the form.

const list = document.querySelector(".movable");
if (list) equip(list);

function equip(rows) {
  const form = rows.closest("form");
  const said = form.querySelector("[data-said]");
  const texts = rows.dataset;
  let saving = Promise.resolve();
  let kept = [...rows.children]; // as they stand on the server
  let refusals = 0;

  function say(text) {
    said.textContent = "";
    requestAnimationFrame(() => (said.textContent = text));
  }

  async function send(fields) {
    const body = new URLSearchParams({
      csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value,
      ...fields,
    });
    const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Moved": "1" } });
    // Anything else is a page: it was deleted meanwhile, or somebody logged out.
    if (answer.status !== 204) throw new Error(`status ${answer.status}`);
  }

  // One after the other, or two moves could be taken in the other order.
  function save(fields) {
    const wanted = [...rows.children];
    const since = refusals;
    saving = saving.then(async () => {
      if (refusals !== since) return; // it went on from a move that was taken back
      try {
        await send(fields);
        kept = wanted;
      } catch {
        refusals += 1;
        putBack();
      }
    });
  }

  function putBack() {
    const focused = document.activeElement;
    rows.append(...kept);
    focused.focus(); // moving it took the focus away
    say(texts.textFailed);
  }

  function announce(row) {
    const place = [...rows.children].indexOf(row) + Number(texts.first);
    say(`${texts.textMoved} ${place} / ${texts.all}`);
  }

  const STEPS = {
    up: (row) => row.previousElementSibling.before(row),
    down: (row) => row.nextElementSibling.after(row),
    first: (row) => rows.prepend(row),
  };
  // Across the edge of the page the form itself is sent, and leads to where the row is then.
  function isHere(step, row) {
    if (step === "down") return row.nextElementSibling !== null;
    if (step === "up") return row.previousElementSibling !== null;
    return texts.first === "1";
  }

  function isAtTheEnd(step, row) {
    const place = [...rows.children].indexOf(row) + Number(texts.first);
    return step === "down" ? place === Number(texts.all) : place === 1;
  }

  rows.addEventListener("click", (event) => {
    const button = event.target.closest("[name=move]");
    if (!button) return;
    const row = button.closest("[data-row]");
    const step = button.value.split(":")[1];
    if (isAtTheEnd(step, row)) {
      event.preventDefault();
      say(texts.textEnd);
    } else if (isHere(step, row)) {
      event.preventDefault();
      STEPS[step](row);
      button.focus(); // moving it took the focus away
      announce(row);
      save({ move: button.value });
    }
  });

  let dragged = null;
  let before = null;

  function over(y) {
    const next = dragged.nextElementSibling;
    const previous = dragged.previousElementSibling;
    const middle = (row) => {
      const box = row.getBoundingClientRect();
      return box.top + box.height / 2;
    };
    if (next && y > middle(next)) next.after(dragged);
    else if (previous && y < middle(previous)) previous.before(dragged);
    else return;
    over(y);
  }

  function drop() {
    dragged.classList.remove("row-dragged");
    const row = dragged;
    dragged = null;
    if (row.nextElementSibling === before) return;
    const next = row.nextElementSibling;
    const beside = next ?? row.previousElementSibling;
    announce(row);
    save({
      row: row.dataset.row,
      beside: beside.dataset.row,
      ...(next ? {} : { is_after: "on" }),
    });
  }

  for (const handle of rows.querySelectorAll(".handle")) {
    handle.hidden = false;
    handle.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      dragged = handle.closest("[data-row]");
      before = dragged.nextElementSibling;
      dragged.classList.add("row-dragged");
    });
  }
  // On the document: the row changes its place in it, and a moved element loses a captured pointer.
  document.addEventListener("pointermove", (event) => dragged && over(event.clientY));
  document.addEventListener("pointerup", () => dragged && drop());
  document.addEventListener("pointercancel", () => dragged && drop());
}
