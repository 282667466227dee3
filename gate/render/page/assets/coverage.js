// Coverage: the treemap, and beside it a table of the same files that opens to their source; error paths first.
const missingIn = (file) => file.total - file.covered;
const MOST_PATHS = 200;
const MOST_RANGES = 500;
const MOST_LINES = 10000;

function errorPaths(file) {
  const entries = file.errors.slice(0, MOST_PATHS).map(([kind, line, last, inside, test]) =>
    el("li", {}, place(file.path, line, last), " ", badge(kind.replace("-", " "), "flaky"), inside ? " in " : "", inside ? el("code", {}, inside) : "", test ? `: a test in which ${test}` : ""),
  );
  const rest = file.errors.length - entries.length;
  return el("ul", { class: "errors" }, entries, rest ? el("li", {}, `and ${grouped(rest)} more in this file`) : "");
}

function rangeWords(list) {
  const rest = list.length - MOST_RANGES;
  return `${ranges(list.slice(0, MOST_RANGES))}${rest > 0 ? ` and ${grouped(rest)} more places` : ""}`;
}

function sourceLine(line, text, marks) {
  const missed = marks.missed(line);
  const error = missed && marks.error(line);
  const changed = marks.changed(line);
  const kinds = ["line", missed && "missed", error && "error", changed && "changed"].filter(Boolean);
  const words = [error ? "error path, not run" : missed && "not run", changed && "changed"].filter(Boolean).join(", ");
  return el(
    "span",
    { class: kinds.join(" ") },
    el("span", { class: "no", "aria-hidden": "true" }, String(line)),
    el("span", { class: "sign", "aria-hidden": "true" }, missed ? "!" : changed ? "+" : " "),
    words ? unseen(`line ${line} ${words}: `) : "",
    `${text}\n`,
  );
}

function source(file) {
  const marks = {
    missed: covering(file.missing),
    error: covering((file.errors ?? []).map(([, first, last]) => [first, last])),
    changed: covering(file.patch),
  };
  let room = MOST_LINES;
  let left = 0;
  const shown = file.excerpts.map(([start, text]) => {
    const all = text.replace(/\n$/, "").split("\n");
    const some = all.slice(0, room);
    room -= some.length;
    left += all.length - some.length;
    if (!some.length) return null;
    const lines = some.map((line, at) => sourceLine(start + at, line, marks));
    const label = `${pathName(file.path)} from line ${start}`;
    return el("pre", { class: "source", tabindex: "0", role: "group", "aria-label": label }, lines);
  });
  return [...shown.filter(Boolean), left ? el("p", { class: "small" }, `${counted(left, "more line")} not shown`) : ""];
}

function insideOf(file) {
  const shown = el("div");
  if (file.errors) shown.append(el("h3", {}, "Error paths that no test took"), errorPaths(file));
  if (file.patchMissing?.length) shown.append(el("p", {}, `Changed here and not run: lines ${rangeWords(file.patchMissing)}`));
  if (file.missing) shown.append(el("p", {}, "Not run: ", place(file.path, file.missing[0][0]), ` lines ${rangeWords(file.missing)}`));
  if (file.branches) {
    const jumps = file.branches.slice(0, 100).map(([from, to]) => (to > 0 ? `${from} → ${to}` : `${from} → exit`));
    const rest = file.branches.length - jumps.length;
    shown.append(el("p", {}, `Branches not taken: ${jumps.join(", ")}${rest ? ` and ${grouped(rest)} more` : ""}`));
  }
  if (file.excerpts) shown.append(...source(file));
  if (!shown.childElementCount) shown.append(el("p", { class: "nothing" }, "Every line ran."));
  return shown;
}

const opened = new WeakSet();
let rowNumber = 0;

function fileRow(file) {
  rowNumber += 1;
  const id = `file-${rowNumber}`;
  const inside = el("tr", { class: "inside", id, hidden: true }, el("td", { colspan: "5" }));
  const toggle = el("button", { type: "button", class: "path", "aria-expanded": "false", "aria-controls": id, "aria-label": pathName(file.path) }, breakable(pathName(file.path)));
  const show = (open) => {
    inside.hidden = !open;
    toggle.setAttribute("aria-expanded", String(open));
    if (open && !inside.firstChild.hasChildNodes()) inside.firstChild.append(insideOf(file));
    if (open) opened.add(file);
    else opened.delete(file);
  };
  toggle.addEventListener("click", () => show(inside.hidden));
  if (opened.has(file)) show(true);
  file.toggle = toggle;
  const share = percent(file.covered, file.total);
  const meter = draw("svg", { class: "meter", viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" });
  meter.append(draw("rect", { class: "left", width: 100, height: 6 }), draw("rect", { class: "done", width: share, height: 6 }));
  const patch = file.patch ? `${grouped(file.patch.reduce(sized, 0) - file.patchMissing.reduce(sized, 0))} of ${grouped(file.patch.reduce(sized, 0))}` : "";
  const cells = [
    el("th", { scope: "row" }, toggle),
    el("td", { class: "figure" }, el("span", { class: "optional" }, meter), el("span", { class: "share" }, `${share} %`)),
    el("td", { class: "figure optional" }, grouped(missingIn(file))),
    el("td", { class: "figure optional" }, patch),
    el("td", { class: "figure optional" }, file.errors ? grouped(file.errors.length) : ""),
  ];
  return [el("tr", {}, cells), inside];
}

const sized = (sum, [first, last]) => sum + last - first + 1;

function showFiles(section, files) {
  const columns = [["file"], ["coverage", "figure"], ["not covered", "figure optional"], ["changed lines run", "figure optional"], ["error paths missed", "figure optional"]];
  const heads = columns.map(([name, kind]) => el("th", { scope: "col", class: kind }, name));
  const body = el("tbody");
  const table = el("table", { class: "files" }, el("caption", { class: "unseen" }, "Coverage of each file"), el("thead", {}, el("tr", {}, heads)), body);
  const errors = (file) => file.errors?.length ?? 0;
  const controls = [
    searchControl("Search files", (file) => pathName(file.path)),
    sortControl("Order", [
      ["error paths first", (one, other) => errors(other) - errors(one) || missingIn(other) - missingIn(one)],
      ["most not covered first", (one, other) => missingIn(other) - missingIn(one)],
      ["least share first", (one, other) => one.covered * other.total - other.covered * one.total],
      ["by path", null],
    ]),
    tickControl("only what is not covered", (file) => missingIn(file) > 0),
  ];
  if (files.some((file) => file.patch)) controls.push(tickControl("only what was changed", (file) => file.patch !== undefined));
  return filteredList({ section, noun: "file", entries: files, controls, body, row: fileRow, frame: table });
}

function showErrorPaths(section, files) {
  const missed = files.filter((file) => file.errors);
  if (!missed.length) return;
  const number = missed.reduce((sum, file) => sum + file.errors.length, 0);
  const label = `${counted(number, "error path")} that no test took`;
  section.append(folded(label, () => el("div", {}, missed.slice(0, 200).map(errorPaths)), number <= 10));
}

function showCoverage() {
  for (const { gate, files } of contents.coverage) {
    if (!files.length) continue;
    const section = part("coverage", files.length);
    if (contents.coverage.length > 1) section.append(el("h3", {}, gate));
    showErrorPaths(section, files);
    let turnTo = () => {};
    const map = treemap(files, (file) => {
      turnTo(file);
      if (!file.toggle?.isConnected) return;
      if (file.toggle.getAttribute("aria-expanded") === "false") file.toggle.click();
      file.toggle.focus();
    });
    section.append(map.node, legend());
    if (map.rest > 0) section.append(el("p", { class: "small" }, `${counted(map.rest, "smaller file")} not drawn; the table has them.`));
    turnTo = showFiles(section, files);
  }
}
