// Findings: a row each, of contents.findings: gate, severity, rule, message, path, line, in the base.
function findingRow([gate, severity, ruleAt, message, path, line, base]) {
  const rule = contents.rules[ruleAt];
  const weight = contents.severities[severity];
  const names = el("div", { class: "names" }, badge(weight, weight), " ", el("code", {}, link(rule.id, rule.url)));
  if (base === NEW_SINCE_BASE) names.append(" ", badge("new", "new"));
  if (base === KNOWN_IN_BASE) names.append(" ", badge("in the base too"));
  names.append(el("span", { class: "message" }, message));
  names.append(el("span", { class: "where" }, contents.gates[gate].title, path < 0 ? "" : " · ", place(path, line)));
  if (rule.title || rule.advice) {
    names.append(folded("what to do", () => el("p", {}, rule.title ? el("strong", {}, rule.title) : "", rule.title ? " " : "", rule.advice), false, rule.id));
  }
  return el("li", {}, names);
}

function showFindings() {
  const findings = contents.findings;
  if (!findings.length) return;
  const [gateOf, weightOf, ruleOf] = [0, 1, 2].map((at) => (finding) => finding[at]);
  const numbers = new Map();
  for (const finding of findings) numbers.set(weightOf(finding), (numbers.get(weightOf(finding)) ?? 0) + 1);
  const weights = [...numbers.keys()].sort();
  const chips = weights.map((weight) => [weight, `${contents.severities[weight]} ${grouped(numbers.get(weight))}`]);
  const controls = [chipControl("Severity", chips, (finding) => [weightOf(finding)])];
  const gates = [...new Set(findings.map(gateOf))];
  if (gates.length > 1) {
    const choices = [["", "all"], ...gates.map((gate) => [gate, contents.gates[gate].title])];
    controls.push(choiceControl("Gate", choices, (finding, gate) => gateOf(finding) === Number(gate)));
  }
  const text = (finding) => `${contents.rules[ruleOf(finding)].id} ${finding[3]} ${pathName(finding[4])}`;
  controls.push(searchControl("Search findings", text));
  if (findings.some((finding) => finding[6])) {
    controls.push(tickControl("only what is new in this change", (finding) => finding[6] === NEW_SINCE_BASE));
  }
  const sorted = findings.slice().sort((one, other) => weightOf(one) - weightOf(other) || (other[6] === NEW_SINCE_BASE) - (one[6] === NEW_SINCE_BASE));
  const body = el("ul", { class: "rows" });
  filteredList({ section: part("findings", findings.length), noun: "finding", entries: sorted, controls, body, row: findingRow });
}
