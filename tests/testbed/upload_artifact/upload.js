// The stand-in for actions/upload-artifact; the behaviour is that of its v7, see action.yml for what is left out.
"use strict";
const { stat } = require("node:fs/promises");
const path = require("node:path");
const { DefaultArtifactClient } = require("@actions/artifact");
const core = require("@actions/core");
const glob = require("@actions/glob");

const WHEN_EMPTY = { warn: core.warning, error: core.setFailed, ignore: core.info };

/** The deepest folder that holds all of the absolute paths. */
function commonAncestor(paths) {
  const [first, ...others] = paths.map((one) => path.normalize(one).split(path.sep));
  let length = 0;
  while (length < first.length && others.every((other) => other[length] === first[length])) length += 1;
  return first.slice(0, length).join(path.sep) || path.sep;
}

/** What the patterns name: the files, and the folder that their names in the artifact are relative to. */
async function search(patterns, includeHidden) {
  const globber = await glob.create(patterns, {
    followSymbolicLinks: true,
    implicitDescendants: true,
    omitBrokenSymbolicLinks: true,
    excludeHiddenFiles: !includeHidden,
  });
  const files = [];
  for (const found of await globber.glob()) if (!(await stat(found)).isDirectory()) files.push(found);
  const roots = globber.getSearchPaths();
  if (roots.length > 1) return { files, root: commonAncestor(roots) };
  const single = files.length === 1 && roots[0] === files[0];
  return { files, root: single ? path.dirname(files[0]) : roots[0] };
}

async function main() {
  const name = core.getInput("name");
  const patterns = core.getInput("path", { required: true });
  const whenEmpty = WHEN_EMPTY[core.getInput("if-no-files-found")];
  const compressionLevel = Number(core.getInput("compression-level"));
  const retentionDays = core.getInput("retention-days") ? Number(core.getInput("retention-days")) : undefined;
  if (!whenEmpty) throw new Error("Unrecognized if-no-files-found input. Available options: warn, error, ignore");
  if (!(compressionLevel >= 0 && compressionLevel <= 9)) throw new Error("Invalid compression-level. Valid values are 0-9");
  if (retentionDays !== undefined && !Number.isInteger(retentionDays)) throw new Error("Invalid retention-days");
  if (!core.getBooleanInput("archive")) throw new Error("the stand-in uploads zips only: archive must be true");

  const { files, root } = await search(patterns, core.getBooleanInput("include-hidden-files"));
  if (files.length === 0) {
    whenEmpty(`No files were found with the provided path: ${patterns}. No artifacts will be uploaded.`);
    return;
  }
  core.info(`With the provided path, there will be ${files.length} file${files.length === 1 ? "" : "s"} uploaded`);

  const client = new DefaultArtifactClient();
  const { artifacts } = await client.listArtifacts();
  if (artifacts.some((artifact) => artifact.name === name)) {
    if (!core.getBooleanInput("overwrite")) {
      throw new Error(
        "Failed to CreateArtifact: Received non-retryable error: Failed request: (409) Conflict: " +
          "an artifact with this name already exists on the workflow run",
      );
    }
    await client.deleteArtifact(name);
  }
  const { id, size, digest } = await client.uploadArtifact(name, files, root, { compressionLevel, retentionDays });
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID } = process.env;
  const url = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}/artifacts/${id}`;
  core.info(`Artifact ${name} has been successfully uploaded! Final size is ${size} bytes. Artifact ID is ${id}`);
  core.info(`Artifact download URL: ${url}`);
  core.setOutput("artifact-id", id);
  core.setOutput("artifact-digest", digest);
  core.setOutput("artifact-url", url);
}

main().catch((error) => core.setFailed(error.message));
