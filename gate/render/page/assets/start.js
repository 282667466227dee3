// What happens, in order; a part that cannot be drawn must not take the others with it.
function showTheme() {
  const button = document.getElementById("theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const kept = (read) => {
    try {
      return read(localStorage);
    } catch {
      return null; // from disk, and where cookies are refused, nothing is kept
    }
  };
  let chosen = kept((storage) => storage.getItem("quality-gate-theme"));
  const theme = () => (chosen === "dark" || chosen === "light" ? chosen : dark.matches ? "dark" : "light");
  const apply = () => {
    document.documentElement.dataset.theme = theme();
    button.textContent = theme() === "dark" ? "Light" : "Dark";
    button.setAttribute("aria-label", `Change to the ${theme() === "dark" ? "light" : "dark"} theme`);
  };
  button.addEventListener("click", () => {
    chosen = theme() === "dark" ? "light" : "dark";
    kept((storage) => storage.setItem("quality-gate-theme", chosen));
    apply();
  });
  dark.addEventListener("change", apply);
  button.hidden = false;
  apply();
}

function showParts() {
  const entries = [...document.querySelectorAll("main > section:not([hidden])")].map((section) => {
    const number = parts.get(section.id);
    const label = section.dataset.label ?? section.querySelector("h2").textContent;
    return el("li", {}, el("a", { href: `#${section.id}` }, label, number ? [" ", el("span", { class: "number" }, grouped(number))] : ""));
  });
  document.getElementById("parts").append(el("ul", {}, entries));
}

for (const show of [showTheme, showTests, showFindings, showCoverage, showExhibits, showComparison, showHistory, showAbout, showParts]) {
  try {
    show();
  } catch (error) {
    console.error(error);
  }
}
document.documentElement.dataset.drawn = "yes";
