// Test cases: a row each, of contents.tests: gate, name, outcome, seconds, path, line, message, details, retried, base, flaky.
const [GATE, NAME, OUTCOME, SECONDS, PATH, LINE, MESSAGE, DETAILS, RETRIED, BASE, FLAKY] = [...Array(11).keys()];
const KNOWN_IN_BASE = 1;
const NEW_SINCE_BASE = 2;
const outcomeOf = (test) => contents.outcomes[test[OUTCOME]];
const isFailing = (test) => outcomeOf(test) === "failed" || outcomeOf(test) === "errored";
const isFlaky = (test) => test[FLAKY] !== undefined;

function kindsOfTest(test) {
  const kinds = [outcomeOf(test)];
  if (isFlaky(test)) kinds.push("flaky");
  if (isFailing(test) && test[BASE] === NEW_SINCE_BASE) kinds.push("new");
  return kinds;
}

function testRow(test, at, longest) {
  const outcome = outcomeOf(test);
  const badges = [];
  if (isFailing(test) && test[BASE] === NEW_SINCE_BASE) badges.push(" ", badge("new", "new"));
  if (isFailing(test) && test[BASE] === KNOWN_IN_BASE) badges.push(" ", badge("fails in the base too"));
  if (isFlaky(test)) badges.push(" ", badge("flaky", "flaky"), " ", el("span", { class: "small" }, test[FLAKY]));
  else if (test[RETRIED]) badges.push(" ", badge(`tried ${test[RETRIED] + 1} times`));
  const names = el("div", { class: "names" }, unseen(`${outcome}: `), test[NAME], badges);
  names.append(el("span", { class: "where" }, contents.gates[test[GATE]].title, test[PATH] < 0 ? "" : " · ", place(test[PATH], test[LINE])));
  if (test[MESSAGE]) names.append(el("span", { class: "message" }, test[MESSAGE]));
  if (test[DETAILS]) {
    names.append(folded("traceback and output", () => output(test[DETAILS], `Output of ${test[NAME]}`), at === 0 && isFailing(test), test[NAME]));
  }
  const share = longest ? (100 * test[SECONDS]) / longest : 0;
  const bar = draw("svg", { class: "bar", viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" });
  bar.append(draw("rect", { x: 100 - share, width: share, height: 6 }));
  const time = el("div", { class: "seconds" }, took(test[SECONDS]), bar);
  return el("li", { class: outcome }, el("div", { class: "row" }, mark(outcome), names, time));
}

function showTests() {
  const tests = contents.tests;
  if (!tests.length) return;
  const numbers = new Map();
  let longest = 0;
  for (const test of tests) {
    for (const kind of kindsOfTest(test)) numbers.set(kind, (numbers.get(kind) ?? 0) + 1);
    longest = Math.max(longest, test[SECONDS]);
  }
  const gates = [...new Set(tests.map((test) => test[GATE]))];
  const kinds = ["failed", "errored", "new", "flaky", "skipped", "passed"].filter((kind) => numbers.has(kind));
  const urgency = { failed: 0, errored: 0, skipped: 2, passed: 3 };
  const rank = (test) => (isFlaky(test) ? 1 : urgency[outcomeOf(test)]) - (isFailing(test) && test[BASE] === NEW_SINCE_BASE ? 0.5 : 0);
  const controls = [
    chipControl("Outcome", kinds.map((kind) => [kind, `${kind} ${grouped(numbers.get(kind))}`]), kindsOfTest),
    searchControl("Search tests", (test) => `${test[NAME]} ${pathName(test[PATH])} ${test[MESSAGE] ?? ""}`),
    sortControl("Order", [
      ["most urgent first", (one, other) => rank(one) - rank(other)],
      ["slowest first", (one, other) => other[SECONDS] - one[SECONDS]],
      ["as they ran", null],
    ]),
  ];
  if (gates.length > 1) {
    const choices = [["", "all"], ...gates.map((gate) => [gate, contents.gates[gate].title])];
    controls.splice(1, 0, choiceControl("Gate", choices, (test, gate) => test[GATE] === Number(gate)));
  }
  const body = el("ul", { class: "rows" });
  const section = part("tests", (numbers.get("failed") ?? 0) + (numbers.get("errored") ?? 0) || tests.length);
  filteredList({ section, noun: "test", entries: tests, controls, body, row: (test, at) => testRow(test, at, longest) });
}
