// Pictures of articles that are loaded when they are pressed. Without scripts each is a link.

const pane = document.getElementById("article");

function load(link) {
  const image = document.createElement("img");
  image.src = link.dataset.picture;
  image.alt = link.dataset.alt ?? "";
  image.decoding = "async";
  image.referrerPolicy = "no-referrer";
  link.replaceWith(image);
}

export function startPictures() {
  pane?.addEventListener("click", (event) => {
    const link = event.target.closest("[data-picture]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    load(link);
  });
  pane?.addEventListener("keydown", (event) => {
    const button = event.target.closest("[role=button][data-picture]");
    if (!button || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    load(button);
  });
}
