// The storefront's look while it is changed: logo and cover are uploaded at once, and a frame shows the
// page as it would be. Without a script the files go with the form, and a button opens the preview.
import { RefusedError, upload } from "./uploads.js";

const form = document.querySelector(".settings-form");
const section = document.querySelector(".settings-look");
const texts = section.dataset;
const token = form.elements.csrfmiddlewaretoken?.value;

// Preview ------------------------------------------------------------------------------------------

const pane = document.querySelector(".preview");
const frame = pane?.querySelector("iframe");
let timer = 0;
let asked = 0;

async function show() {
  const turn = (asked += 1);
  const body = new FormData(form);
  for (const name of ["logo_file", "cover_file"]) body.delete(name);
  const response = await fetch(pane.dataset.address, { method: "POST", body });
  if (!response.ok || turn !== asked) return;
  const html = await response.text();
  const top = frame.contentWindow?.scrollY ?? 0;
  frame.addEventListener("load", () => frame.contentWindow.scrollTo(0, top), { once: true });
  frame.srcdoc = html;
}

function showSoon() {
  clearTimeout(timer);
  timer = setTimeout(() => show().catch(() => {}), 400);
}

if (pane) {
  pane.hidden = false;
  form.addEventListener("input", showSoon);
  form.addEventListener("change", showSoon);
  // A picture that has been prepared meanwhile.
  document.addEventListener("htmx:afterSwap", showSoon);
  showSoon();
}

// Logo and cover -----------------------------------------------------------------------------------

let running = 0;
let isSaving = false;

async function take(box, file) {
  const progress = box.querySelector("[data-progress]");
  progress.hidden = false;
  progress.classList.remove("field-error");
  const id = await upload(file, {
    api: texts.api,
    token,
    onProgress: (share) => {
      progress.textContent = `${texts.textSending} ${Math.round(share * 100)}%`;
    },
  });
  progress.hidden = true;
  box.querySelector("input[type=hidden]").value = id;
  const remove = box.querySelector("[data-remove]");
  remove.hidden = false;
  remove.querySelector("input").checked = false;
  const state = await fetch(`${texts.states}${id}/state/`);
  const shown = box.querySelector("[data-shown]");
  shown.innerHTML = await state.text();
  window.htmx?.process(shown);
  showSoon();
}

function fail(box, error) {
  const progress = box.querySelector("[data-progress]");
  progress.hidden = false;
  progress.classList.add("field-error");
  progress.textContent = error instanceof RefusedError ? error.message : texts.textFailed;
}

for (const box of section.querySelectorAll(".one-picture")) {
  const choice = box.querySelector("input[type=file]");
  choice.addEventListener("change", () => {
    const [file] = choice.files;
    if (!file) return;
    choice.value = ""; // or the form would send it once more
    running += 1;
    take(box, file)
      .catch((error) => {
        isSaving = false;
        fail(box, error);
      })
      .finally(() => {
        running -= 1;
        if (isSaving && running === 0) form.requestSubmit();
      });
  });
}

form.addEventListener("submit", (event) => {
  if (running === 0 || event.submitter?.formAction === pane?.dataset.address) return;
  event.preventDefault();
  isSaving = true;
});
