// "Leave this site": with script, this page does not stay behind the one that replaces it.
(() => {
  const link = /** @type {HTMLAnchorElement | null} */ (document.getElementById("leave"));
  link?.addEventListener("click", (event) => {
    event.preventDefault();
    document.body.replaceChildren();
    document.title = "Loading";
    location.replace(link.href);
  });
})();
