// What the account pages do with a script; without one they work by plain forms and links.

// A password can be looked at while it is typed. It is sent as one, so that no browser keeps it as text.
for (const button of document.querySelectorAll("[data-reveals]")) {
  const field = document.getElementById(button.dataset.reveals);
  const show = (shown) => {
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  };
  button.hidden = false;
  button.addEventListener("click", () => show(field.type === "password"));
  field.form.addEventListener("submit", () => show(false));
}

// Another code can be asked for after a while.
for (const button of document.querySelectorAll("[data-wait]")) {
  const until = Date.now() + Number(button.dataset.wait) * 1000;
  const clock = document.createElement("bdi");
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    if (left > 0) {
      clock.textContent = `0:${String(left).padStart(2, "0")}`;
      setTimeout(tick, 250);
    } else {
      clock.remove();
      button.disabled = false;
    }
  };
  button.disabled = true;
  button.append(" ", clock);
  tick();
}

for (const button of document.querySelectorAll("[data-copies]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    const lines = document.getElementById(button.dataset.copies).querySelectorAll("li");
    await navigator.clipboard.writeText([...lines].map((line) => line.textContent.trim()).join("\n"));
    button.textContent = button.dataset.done;
  });
}

for (const button of document.querySelectorAll("[data-prints]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
