// Against the base, the runs before this one, and what else there is to know of the run.
function nameList(label, names) {
  return names.length ? folded(`${counted(names.length, "test")} ${label}`, () => el("ul", {}, names.map((name) => el("li", {}, el("code", {}, name))))) : "";
}

function suites(list) {
  const arrow = (before, now) => (now === before ? "=" : `${now > before ? "▲" : "▼"} ${grouped(Math.abs(now - before))}`);
  const rows = list.map(({ gate, counts: [before, now, added, removed] }) => [gate, grouped(before), grouped(now), arrow(before, now), grouped(added), grouped(removed)]);
  const names = list.flatMap((suite) => [
    nameList(`of ${suite.gate} failing now and not in the base`, suite.newlyFailing),
    nameList(`of ${suite.gate} failing in the base too`, suite.failingBefore),
    nameList(`of ${suite.gate} failing in the base and not now`, suite.mended),
    nameList(`of ${suite.gate} gone since the base`, suite.removedNames),
  ]);
  return [tableOf("Size of the suites", ["tests of", "base", "now", "change", "added", "removed"], rows, [1, 2, 3, 4, 5]), ...names.filter(Boolean)];
}

const lines = (sign, number) => (number === null ? "not known" : `${sign}${grouped(number)}`);

function showComparison() {
  const { comparison, change } = contents;
  if (!comparison && !change) return;
  const section = part("comparison");
  if (comparison?.missing) section.append(el("p", {}, `Not compared: ${comparison.missing}`));
  if (comparison?.commit) {
    section.append(el("p", {}, "Compared with ", el("code", {}, comparison.commit.slice(0, 12)), comparison.origin ? `, ${comparison.origin}` : "", comparison.source ? ` (report from ${comparison.source})` : ""));
  }
  if (comparison?.suites.length) section.append(...suites(comparison.suites));
  if (comparison?.slower.length) {
    const rows = comparison.slower.slice(0, 200).map(([gate, name, before, now]) => [name || gate, gate, took(before), took(now), `× ${figure(now / (before || 0.001))}`]);
    section.append(el("h3", {}, "Slower than in the base"), tableOf("Slower than in the base", ["what", "gate", "base", "now", "times as long"], rows, [2, 3, 4]));
  }
  if (comparison?.mended.length) {
    section.append(el("p", {}, comparison.mended.map(([gate, number]) => `${counted(number, "finding")} of ${gate} gone`).join("; ")));
  }
  if (change) {
    const rows = change.files.map(([path, status, added, removed, old]) => [place(path, 0), old ? `${status} from ${old}` : status, lines("+", added), lines("−", removed)]);
    section.append(folded(`${counted(rows.length, "changed file")} since ${change.base.slice(0, 12)}, ${change.origin}`, () => tableOf("Changed files", ["file", "what was done", "lines added", "lines removed"], rows, [2, 3])));
  }
}

function historyChart(runs) {
  const measured = runs.map((run, at) => [at, run.coverage]).filter(([, value]) => value !== null);
  const [low, high] = [Math.min(100, ...measured.map(([, value]) => value)), Math.max(0, ...measured.map(([, value]) => value))];
  const x = (at) => LEFT + 10 + ((WIDE - LEFT - 20) * at) / Math.max(runs.length - 1, 1);
  const y = (value) => 110 - (86 * (value - low)) / (high - low || 1);
  const longest = Math.max(...runs.map((run) => run.seconds)) || 1;
  const bars = runs.map((run, at) => draw("rect", { class: "column", x: x(at) - 4, y: 190 - (44 * run.seconds) / longest, width: 8, height: (44 * run.seconds) / longest }));
  const dots = runs.map((run, at) => draw("circle", { class: `dot ${run.verdict === "misconfigured" ? "errored" : run.verdict}`, cx: x(at), cy: 130, r: 4 }));
  const curve = draw("polyline", { class: "curve k0", points: measured.map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(" ") });
  const words = [[y(high), measured.length ? `${figure(high)} %` : ""], [y(low), low < high ? `${figure(low)} %` : ""], [134, "verdict"], [190, "seconds"]];
  const labels = words.map(([at, text]) => draw("text", { x: LEFT - 6, y: at + 2, "text-anchor": "end" }, text));
  return chart(`The last ${counted(runs.length, "run")}: coverage, verdict and duration`, curve, dots, bars, labels);
}

function showHistory() {
  const runs = contents.history;
  if (!runs.length) return;
  const section = part("history", runs.length);
  const rows = runs.slice().reverse().map((run) => [run.when, el("code", {}, run.commit), run.verdict, run.coverage === null ? "" : `${run.coverage} %`, run.tests === null ? "" : grouped(run.tests), run.flaky ? grouped(run.flaky) : "", run.took]);
  section.append(historyChart(runs), folded("figures", () => tableOf("The last runs", ["when (UTC)", "commit", "verdict", "coverage", "tests", "flaky", "took"], rows, [3, 4, 5, 6]), false, "the last runs"));
}

function showAbout() {
  const { notices, found, tools, artifacts, omissions } = contents;
  if (![notices, found, tools, artifacts, omissions].some((list) => list.length)) return;
  const section = part("about");
  for (const [title, lines] of [["Notices", notices], ["What was found", found], ["Left out", omissions]]) {
    if (lines.length) section.append(el("h3", {}, title), el("ul", {}, lines.map((line) => el("li", {}, line))));
  }
  if (artifacts.length) {
    const entries = artifacts.map(([gate, title, path]) => el("li", {}, `${gate}: `, el("a", { href: path }, title)));
    section.append(el("h3", {}, "Evidence in the report's folder"), el("ul", {}, entries));
  }
  if (tools.length) section.append(el("h3", {}, "Tool versions"), tableOf("Tool versions", ["tool", "version"], tools));
}
