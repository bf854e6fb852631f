// The address follows the names until somebody writes one of their own. Without a script it is made from
// them when the form is sent.
const slug = document.querySelector("[name=slug]");
let suggested = document.querySelector("[name=suggested]")?.value ?? "";

document.addEventListener("htmx:afterSwap", () => {
  const follows = document.querySelector(".slug-state")?.dataset.follows;
  if (follows === undefined) return;
  // What was typed while the answer was on its way stays.
  if (document.activeElement !== slug && ["", suggested].includes(slug.value)) slug.value = follows;
  suggested = follows;
});
