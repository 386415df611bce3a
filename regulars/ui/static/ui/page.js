// What pages do by themselves: dialogs, menus, the drawer, keys. Listeners sit on the document, so that pieces that
// htmx brings in work too.
(() => {
  const body = document.body;
  const sidebar = document.getElementById("sidebar");
  let openedBy = null;

  const toggleMenu = (isOpen, button) => {
    body.classList.toggle("is-menu-open", isOpen);
    document.querySelectorAll("[data-menu-toggle][aria-expanded]").forEach((b) => b.setAttribute("aria-expanded", isOpen));
    if (isOpen) {
      openedBy = button;
      // Once it is visible; what is hidden takes no focus.
      setTimeout(() => sidebar.querySelector("a, button").focus(), 60);
    } else if (openedBy) {
      openedBy.focus();
      openedBy = null;
    }
  };

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens).showModal();

    if (event.target.closest("[data-closes]")) event.target.closest("dialog").close();
    // A click beside a dialog's content falls on the dialog itself.
    if (event.target.matches("dialog.dialog")) {
      const box = event.target.getBoundingClientRect();
      const isOutside =
        event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
      if (isOutside && event.detail) event.target.close();
    }

    event.target.closest("[data-dismisses]")?.closest(".alert").remove();

    const toggle = event.target.closest("[data-menu-toggle]");
    if (toggle) toggleMenu(!body.classList.contains("is-menu-open"), toggle);
    else if (body.classList.contains("is-menu-open") && !event.target.closest("#sidebar")) toggleMenu(false);

    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });

    const copier = event.target.closest("[data-copies]");
    if (copier) {
      const source = document.getElementById(copier.dataset.copies);
      navigator.clipboard.writeText(source.value ?? source.textContent).then(() => {
        copier.textContent = copier.dataset.copied;
      });
    }
    if (event.target.closest("[data-reloads]")) {
      // What was posted is not repeated: the page is asked for again.
      window.location.assign(document.referrer || window.location.href);
    }
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
  });

  // One press is enough: a second would do the work again.
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (event.target.method === "post" && button && !event.defaultPrevented) {
      if (event.target.dataset.sent) event.preventDefault();
      event.target.dataset.sent = "yes";
      button.setAttribute("aria-busy", "true");
    }
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
    document.querySelectorAll("button[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  });

  let lastKey = "";
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      if (body.classList.contains("is-menu-open")) toggleMenu(false);
      document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
        menu.open = false;
        menu.querySelector("summary").focus();
      });
    }
    const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.key === "/") {
      const search = document.getElementById("global-search");
      if (search) {
        event.preventDefault();
        search.focus();
      }
    } else if (event.key === "?") {
      document.getElementById("shortcuts")?.showModal();
    } else if (lastKey === "g" && event.key === "h") {
      window.location.assign("/");
    }
    lastKey = event.key;
  });
})();
