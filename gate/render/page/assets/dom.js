// What everything else is made with. A text becomes a text node, never markup: nothing of a report is believed.
const contents = JSON.parse(document.getElementById("contents").textContent);
const SVG = "http://www.w3.org/2000/svg";

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

const el = (tag, attributes = {}, ...children) => filled(document.createElement(tag), attributes, children);
const draw = (tag, attributes = {}, ...children) => filled(document.createElementNS(SVG, tag), attributes, children);

const grouped = (number) => number.toLocaleString("en");
const counted = (number, noun) => `${grouped(number)} ${noun}${number === 1 ? "" : "s"}`;
const percent = (covered, total) => (total ? Math.floor((10000 * covered) / total) / 100 : 100);
const figure = (value) => (value === null ? "∞" : Number(value.toPrecision(4)).toLocaleString("en", { maximumFractionDigits: 3 }));

function took(seconds) {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

const clipped = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
// A path is broken behind a slash rather than in a word.
const breakable = (path) => path.split(/(?<=\/)/).flatMap((step) => [step, el("wbr")]);
const unseen = (text) => el("span", { class: "unseen" }, text);
const badge = (text, kind = "") => el("span", { class: `badge ${kind}` }, text);

function mark(outcome) {
  return draw("svg", { class: `mark ${outcome}`, "aria-hidden": "true" }, draw("use", { href: `#mark-${outcome}` }));
}

function link(label, url) {
  if (!/^https?:\/\//.test(url)) return document.createTextNode(label);
  return el("a", { href: url, rel: "noreferrer" }, label);
}

// A place in the source, linked to its line at the commit. `path` is a number of contents.paths, -1 for none.
function place(path, line, lastLine = 0) {
  if (path < 0) return null;
  const [name, url] = contents.paths[path];
  const label = line ? `${name}:${line}` : name;
  const end = lastLine && lastLine !== line ? `-L${lastLine}` : "";
  return el("code", {}, link(label, url && line ? `${url}#L${line}${end}` : url));
}

const pathName = (path) => (path < 0 ? "" : contents.paths[path][0]);
const ranges = (list) => list.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`)).join(", ");

// Ranges as a test of a line: by their begins, each with the furthest end up to it. There may be a hundred thousand.
function covering(list = []) {
  const sorted = list.slice().sort(([one], [other]) => one - other);
  let furthest = 0;
  const ends = sorted.map(([, last]) => (furthest = Math.max(furthest, last)));
  return (line) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle][0] <= line) low = middle + 1;
      else high = middle;
    }
    return low > 0 && ends[low - 1] >= line;
  };
}

// `of` tells apart, for who hears them one by one, what has the same label everywhere.
function folded(label, make, open = false, of = "") {
  const details = el("details", { open });
  const show = () => details.open && details.childElementCount === 1 && details.append(make());
  details.append(el("summary", {}, label, of ? unseen(` of ${of}`) : ""));
  details.addEventListener("toggle", show);
  show();
  return details;
}

function output(text, label) {
  return el("pre", { tabindex: "0", role: "group", "aria-label": label }, text);
}

function tableOf(caption, columns, rows, figures = []) {
  const kind = (at) => (figures.includes(at) ? "figure" : null);
  const cell = (content, at) => (at ? el("td", { class: kind(at) }, content) : el("th", { scope: "row" }, content));
  const heads = columns.map((name, at) => el("th", { scope: "col", class: kind(at) }, name));
  return el(
    "div",
    { class: "wide", tabindex: "0", role: "group", "aria-label": caption },
    el(
      "table",
      {},
      el("caption", { class: "unseen" }, caption),
      el("thead", {}, el("tr", {}, heads)),
      el("tbody", {}, rows.map((row) => el("tr", {}, row.map(cell)))),
    ),
  );
}

// Parts of the page: each appears with its first content, and then has an entry in the navigation.
const parts = new Map();
function part(name, number = null) {
  const section = document.getElementById(name);
  section.hidden = false;
  parts.set(name, number);
  return section;
}
