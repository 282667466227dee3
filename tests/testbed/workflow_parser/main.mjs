// stdin: {path: text} of workflow files and action.yml files -> stdout: {path: [what is wrong, with its line]}.
// A called workflow of the same repository is read from the same files, so that inputs and secrets are held against it.
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";

// The package is made for bundlers: it imports its schema without saying that it is JSON.
registerHooks({
  load: (url, context, next) =>
    url.endsWith(".json") ? next(url, { ...context, importAttributes: { type: "json" } }) : next(url, context),
});
const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await import("@actions/workflow-parser");
const { convertActionTemplate, parseAction } = await import("@actions/workflow-parser/actions/index");

const files = JSON.parse(readFileSync(0, "utf8"));
const provider = {
  async getFileContent(reference) {
    if ("repository" in reference || !(reference.path in files)) throw new Error("not one of these files");
    return { name: reference.path, content: files[reference.path] };
  },
};

async function mistakes(name, content) {
  const trace = new NoOperationTraceWriter();
  if (/(^|\/)action\.ya?ml$/.test(name)) {
    const parsed = parseAction({ name, content }, trace);
    if (parsed.value) convertActionTemplate(parsed.context, parsed.value);
    return parsed.context.errors.getErrors();
  }
  const parsed = parseWorkflow({ name, content }, trace);
  if (parsed.value) {
    const local = /uses: *(\.|\$)\/\.github\/workflows\//.test(content);
    const options = { fetchReusableWorkflowDepth: local ? 1 : 0 };
    await convertWorkflowTemplate(parsed.context, parsed.value, provider, options);
  }
  return parsed.context.errors.getErrors();
}

const found = {};
for (const [name, content] of Object.entries(files)) {
  found[name] = (await mistakes(name, content)).map(
    (error) => `${error.range ? `line ${error.range.start.line}: ` : ""}${error.rawMessage}`,
  );
}
process.stdout.write(JSON.stringify(found));
