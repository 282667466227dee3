// Histograms, series, matrices and tables, by kind; each chart has its figures in a table for who cannot see it.
const [WIDE, HIGH, LEFT, BOTTOM, TOP] = [640, 240, 60, 26, 46];

function chart(label, ...children) {
  return draw("svg", { class: "chart", viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": label }, children);
}

function guides(most, unit) {
  return [0, 0.5, 1].flatMap((share) => {
    const y = HIGH - BOTTOM - share * (HIGH - BOTTOM - TOP);
    return [
      draw("line", { class: share ? "guide" : "axis", x1: LEFT, x2: WIDE, y1: y, y2: y }),
      draw("text", { x: LEFT - 6, y: y + 4, "text-anchor": "end" }, `${figure(most * share)}${unit}`),
    ];
  });
}

function histogram({ title, unit, buckets, marks }) {
  const together = Math.ceil(buckets.length / 60);
  const groups = [];
  for (let at = 0; at < buckets.length; at += together) {
    const some = buckets.slice(at, at + together);
    groups.push([some.at(-1)[0], some.reduce((sum, [, count]) => sum + count, 0)]);
  }
  const most = Math.max(1, ...groups.map(([, count]) => count));
  const step = (WIDE - LEFT) / groups.length;
  const columns = groups.map(([, count], at) => {
    const tall = ((HIGH - BOTTOM - TOP) * count) / most;
    return draw("rect", { class: "column", x: LEFT + at * step + 1, y: HIGH - BOTTOM - tall, width: Math.max(step - 2, 1), height: tall });
  });
  const every = Math.ceil(groups.length / 7);
  const ends = groups.map(([end], at) =>
    at % every ? null : draw("text", { x: LEFT + (at + 1) * step, y: HIGH - 8, "text-anchor": at === groups.length - 1 ? "end" : "middle" }, `${figure(end)}${unit}`));
  // A mark stands in its bucket as far as it is on the way from one end to the next.
  const signs = marks.flatMap(([name, value], number) => {
    const at = groups.findIndex(([end]) => end === null || value <= end);
    if (at < 0 || value === null) return [];
    const [low, high] = [at ? groups[at - 1][0] : 0, groups[at][0]];
    const x = LEFT + (at + (high === null || high === low ? 0.5 : (value - low) / (high - low))) * step;
    const side = x > WIDE - 90 ? "end" : "start";
    return [
      draw("line", { class: "sign", x1: x, x2: x, y1: 4, y2: HIGH - BOTTOM }),
      draw("text", { class: "named", x: x + (side === "end" ? -4 : 4), y: 13 + (number % 3) * 13, "text-anchor": side }, clipped(name, 24)),
    ];
  });
  const words = marks.map(([name, value]) => `${name} ${figure(value)}${unit}`).join(", ");
  const rows = groups.map(([end, count]) => [`${figure(end)}${unit}`, grouped(count)]);
  return [
    chart(`${title}: ${words || counted(groups.length, "bucket")}`, guides(most, ""), columns, ends, signs),
    el("p", { class: "small" }, words),
    folded("figures", () => tableOf(title, ["up to", "how many"], rows, [1]), false, title),
  ];
}

function series({ title, unit, lines }) {
  const points = lines.flatMap(([, some]) => some).filter(([, value]) => value !== null);
  if (!points.length) return [el("p", { class: "nothing" }, "no values")];
  const most = points.reduce((so, [, value]) => Math.max(so, value), 0) || 1;
  const from = points.reduce((so, [at]) => Math.min(so, at), Infinity);
  const to = points.reduce((so, [at]) => Math.max(so, at), -Infinity);
  const x = (at) => LEFT + ((WIDE - LEFT - 8) * (at - from)) / (to - from || 1);
  const y = (value) => HIGH - BOTTOM - ((HIGH - BOTTOM - TOP) * Math.max(value, 0)) / most;
  const curves = lines.map(([, some], at) =>
    draw("polyline", { class: `curve k${at % 4}`, points: some.filter(([, value]) => value !== null).map(([when, value]) => `${x(when).toFixed(1)},${y(value).toFixed(1)}`).join(" ") }));
  const ends = [from, to].map((at, number) => draw("text", { x: x(at), y: HIGH - 8, "text-anchor": number ? "end" : "start" }, `${figure(at)} s`));
  const rows = lines.flatMap(([name, some]) => some.slice(0, 500).map(([at, value]) => [name, `${figure(at)} s`, `${figure(value)}${unit}`]));
  return [
    chart(`${title}, from ${figure(from)} s to ${figure(to)} s, at most ${figure(most)}${unit}`, guides(most, unit), curves, ends),
    el("ul", { class: "legend" }, lines.map(([name], at) => el("li", {}, el("span", { class: `key k${at % 4}` }), name))),
    folded("figures", () => tableOf(title, ["line", "at", "value"], rows, [1, 2]), false, title),
  ];
}

const ENDINGS = { passed: "passed", failed: "failed", inconclusive: "errored", warning: "errored", waived: "skipped", "not exercised": "errored", "not asked": null };

function matrixCell(text) {
  if (!Object.hasOwn(ENDINGS, text)) return text;
  if (ENDINGS[text] === null) return unseen(text);
  return el("span", { class: "cell" }, mark(ENDINGS[text]), " ", text);
}

// Long tables are shown in part, the rest when it is asked for.
function matrixRows(title, columns, rows) {
  const node = tableOf(title, columns, rows.slice(0, PAGE));
  if (rows.length <= PAGE) return [node];
  const showAll = () => {
    const whole = tableOf(title, columns, rows);
    button.parentElement.replaceWith(whole);
    whole.focus(); // the button is gone, and the focus would be with it
  };
  const button = el("button", { type: "button", click: showAll }, `show all ${grouped(rows.length)} rows`, unseen(` of ${title}`));
  return [el("div", {}, node, button)];
}

function matrix({ title, columns, rows }) {
  const cells = rows.map(([label, some, path, line]) => [el("span", {}, label, path < 0 ? "" : el("span", { class: "small" }, " ", place(path, line))), ...some.map(matrixCell)]);
  // A column of outcomes needs no name for who sees the marks in it.
  const heads = columns.map((name, at) => name || (at ? unseen("outcome") : ""));
  return matrixRows(title, heads, cells);
}

const KINDS = {
  histogram,
  series,
  matrix,
  table: ({ title, columns, rows }) => matrixRows(title, columns, rows),
  output: ({ title, text }) => [output(text, title)],
};

function showExhibits() {
  if (!contents.exhibits.length) return;
  const section = part("evidence", contents.exhibits.length);
  for (const exhibit of contents.exhibits) {
    section.append(el("h3", {}, `${exhibit.gate}: ${exhibit.title}`), ...KINDS[exhibit.kind](exhibit));
  }
}
