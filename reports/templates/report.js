// The page works without this: Escape closes a panel, a press beside it too, and the field finds cases.
(() => {
  let opener = null;
  const open = () => document.querySelector(".panel:target");
  const close = () => {
    const y = scrollY;
    location.hash = "matrix";
    scrollTo(0, y);
    opener?.focus({ preventScroll: true });
  };
  addEventListener("keydown", (event) => { if (event.key === "Escape" && open()) close(); });
  addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link?.matches(".close") || (open() && !event.target.closest(".panel") && !link)) {
      event.preventDefault();
      close();
    } else if (link && !link.closest(".panel")) opener = link;
  });
  addEventListener("hashchange", () => open()?.focus({ preventScroll: true }));
  const find = document.getElementById("find");
  if (!find) return;
  document.getElementById("find-label").hidden = false;
  find.addEventListener("input", () => {
    const wanted = find.value.toLowerCase();
    for (const row of document.querySelectorAll(".matrix tbody tr:not(.topic)"))
      row.hidden = !row.cells[0].textContent.toLowerCase().includes(wanted);
  });
})();
