// Many rows at once: tick them all, see how many are ticked, and choose a category only where one is asked
// for. Without a script all of it is there all the time.

const form = document.querySelector(".bulk-form");
if (form) {
  const boxes = [...form.querySelectorAll("[name=items]")];
  const all = form.querySelector("[data-all]");
  const told = form.querySelector("[data-ticked]");
  const into = form.querySelector(".bulk-into");

  function count() {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
    told.textContent = ticked ? `${told.dataset.text} ${ticked}` : "";
  }

  function narrow() {
    if (into) into.hidden = !form.elements.action.value.endsWith("_category");
  }

  form.querySelector(".bulk-all").hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    count();
  });
  for (const box of boxes) box.addEventListener("change", count);
  form.elements.action.addEventListener("change", narrow);
  // After a step back the browser fills the form only once the page is there.
  addEventListener("pageshow", () => {
    count();
    narrow();
  });
}
