// Runs before the page is painted: what "auto" means is known only to the device.
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const choice = root.dataset.themeChoice;
    root.dataset.bsTheme = choice === "auto" ? (dark.matches ? "dark" : "light") : choice;
    document.dispatchEvent(new CustomEvent("theme:change"));
  };
  root.classList.add("has-scripts");
  dark.addEventListener("change", apply);
  apply();
})();
