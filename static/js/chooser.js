// The price above follows the choice, and the quantity goes up to what there is of it. Without a script
// each choice still shows its own price.
const price = document.querySelector(".item-facts > .price");
const quantity = document.querySelector(".add [name=quantity]");

function follow(chosen) {
  price.replaceChildren(chosen.closest(".variant").querySelector(".money").cloneNode(true));
  quantity.max = chosen.dataset.most;
}

document.addEventListener("change", (event) => {
  if (event.target.matches(".variant input")) follow(event.target);
});
const chosen = document.querySelector(".variant :checked");
if (chosen) follow(chosen);
