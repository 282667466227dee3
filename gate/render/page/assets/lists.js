// Lists that are filtered, sorted and shown a page at a time: whatever the report's size, few rows are in the page.
const PAGE = 25;

// A control has a `node`; and `keeps(entry)`, or `sorted(entries)`. It calls `changed` when it was used.
function searchControl(label, textOf) {
  const input = el("input", { type: "search", autocomplete: "off", spellcheck: "false" });
  const control = { node: el("label", { class: "search" }, label, input), wanted: [] };
  let waiting = 0;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      control.wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      control.changed();
    }, 80);
  });
  control.keeps = (entry) => {
    if (!control.wanted.length) return true;
    const text = textOf(entry).toLowerCase();
    return control.wanted.every((word) => text.includes(word));
  };
  return control;
}

function choiceControl(label, choices, keeps) {
  const options = choices.map(([value, words]) => el("option", { value }, words));
  const select = el("select", {}, options);
  const control = { node: el("label", {}, label, select) };
  select.addEventListener("change", () => control.changed());
  control.keeps = (entry) => select.value === "" || keeps(entry, select.value);
  return control;
}

function sortControl(label, choices) {
  const control = choiceControl(label, choices.map(([words], at) => [at, words]), () => true);
  const select = control.node.querySelector("select");
  control.keeps = undefined;
  control.sorted = (entries) => {
    const compare = choices[Number(select.value)][1];
    return compare ? entries.slice().sort(compare) : entries;
  };
  return control;
}

function tickControl(label, keeps) {
  const tick = el("input", { type: "checkbox" });
  const control = { node: el("label", { class: "tick" }, tick, label) };
  tick.addEventListener("change", () => control.changed());
  control.keeps = (entry) => !tick.checked || keeps(entry);
  return control;
}

// Buttons of which any number may be pressed; with none pressed, all is shown.
function chipControl(label, chips, kindsOf) {
  const pressed = new Set();
  const control = { node: el("div", { class: "chips", role: "group", "aria-label": label }) };
  for (const [kind, words] of chips) {
    const button = el("button", { type: "button", "aria-pressed": "false" }, words);
    button.addEventListener("click", () => {
      if (!pressed.delete(kind)) pressed.add(kind);
      button.setAttribute("aria-pressed", String(pressed.has(kind)));
      control.changed();
    });
    control.node.append(button);
  }
  control.keeps = (entry) => !pressed.size || kindsOf(entry).some((kind) => pressed.has(kind));
  return control;
}

function pagerOf(noun, turn) {
  const step = (label, by) =>
    el("button", { type: "button", click: (event) => event.target.ariaDisabled !== "true" && turn(by) }, label);
  const [before, after] = [step("Previous", -1), step("Next", 1)];
  const node = el("nav", { class: "pager", "aria-label": `Pages of ${noun}s` }, before, after);
  const update = (page, pages) => {
    node.hidden = pages < 2;
    // Not `disabled`: the focus would be lost at the last page.
    before.ariaDisabled = String(page === 0);
    after.ariaDisabled = String(page >= pages - 1);
  };
  return { node, update };
}

// Show `entries` in `body`, each as the nodes that `row` makes of it.
function filteredList({ section, noun, entries, controls, body, row, frame = body }) {
  const status = el("p", { class: "count", role: "status" });
  let shown = entries;
  let page = 0;
  const pager = pagerOf(noun, (by) => {
    page += by;
    fill();
    status.scrollIntoView({ block: "nearest" });
  });
  function fill() {
    const first = page * PAGE;
    const some = shown.slice(first, first + PAGE);
    body.replaceChildren(...some.flatMap((entry, at) => row(entry, first + at)));
    const of = shown.length === entries.length ? "" : ` of ${grouped(entries.length)}`;
    const span = shown.length > PAGE ? `, ${grouped(first + 1)}–${grouped(first + some.length)} shown` : "";
    status.textContent = shown.length || of ? `${counted(shown.length, noun)}${of}${span}` : `no ${noun}s`;
    pager.update(page, Math.ceil(shown.length / PAGE));
  }
  function update() {
    const filters = controls.filter((control) => control.keeps);
    shown = entries.filter((entry) => filters.every((control) => control.keeps(entry)));
    for (const control of controls) if (control.sorted) shown = control.sorted(shown);
    page = 0;
    fill();
  }
  for (const control of controls) control.changed = update;
  section.append(el("div", { class: "controls" }, controls.map((control) => control.node)), status, frame, pager.node);
  update();
  // For who wants one entry in sight: turns to its page.
  return (entry) => {
    const at = shown.indexOf(entry);
    if (at < 0) return;
    page = Math.floor(at / PAGE);
    fill();
  };
}
