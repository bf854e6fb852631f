// What the dashboards do with a script; without one they work by plain forms and links.

// An answer that isn't the piece asked for (a log-in page, a refusal, an error): let the browser send the
// form itself and show the whole page. Taking a step twice is harmless.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { requestConfig, target, xhr } = event.detail;
  const root = new DOMParser().parseFromString(xhr.responseText, "text/html").body.firstElementChild;
  if (root?.id !== target.id) {
    event.detail.shouldSwap = false;
    // What only looks in from time to time is no form, and just looks again.
    requestConfig.elt.submit?.();
  }
});

document.addEventListener("htmx:sendError", (event) => event.detail.elt.submit?.());

// Close the menu when something else is touched, or by Escape.
const menu = document.querySelector(".account");
document.addEventListener("click", (event) => {
  if (menu && !menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (menu?.open && event.key === "Escape") {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
