// The stand-in for actions/download-artifact; the behaviour is that of its v8, see action.yml for what is left out:
// https://github.com/actions/download-artifact/blob/3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c/src/download-artifact.ts
"use strict";
const { mkdir, writeFile } = require("node:fs/promises");
const os = require("node:os");
const path = require("node:path");

/** `load` requires a package of the stand-in for upload-artifact. */
module.exports = (load) => {
  const core = load("@actions/core");
  const { DefaultArtifactClient } = load("@actions/artifact");
  const internal = (name) => load(`@actions/artifact/lib/internal/shared/${name}`);

  /** The artifacts that the inputs name, of those of the run. */
  function choose(artifacts, name, ids, pattern) {
    if (name) {
      const found = artifacts.filter((artifact) => artifact.name === name);
      if (found.length === 0) throw new Error(`Artifact '${name}' not found`);
      return found;
    }
    if (ids) {
      const numbers = ids.split(",").map((id) => id.trim()).filter(Boolean).map((id) => parseInt(id, 10));
      if (numbers.some(Number.isNaN)) throw new Error(`Invalid artifact ID: '${ids}'. Must be a number.`);
      const found = artifacts.filter((artifact) => numbers.includes(artifact.id));
      if (found.length === 0) throw new Error("None of the provided artifact IDs were found");
      const missing = numbers.filter((number) => found.every((artifact) => artifact.id !== number));
      if (missing.length) core.warning(`Could not find the following artifact IDs: ${missing.join(", ")}`);
      return found;
    }
    if (!pattern) return artifacts;
    const minimatch = load("minimatch");
    return artifacts.filter((artifact) => (minimatch.minimatch || minimatch)(artifact.name, pattern));
  }

  /** Save the zip of an artifact as it is. */
  async function save(artifact, folder) {
    const { workflowRunBackendId, workflowJobRunBackendId } = internal("util").getBackendIdsFromToken();
    const server = internal("artifact-twirp-client").internalArtifactTwirpClient();
    const asked = { workflowRunBackendId, workflowJobRunBackendId, name: artifact.name };
    const { signedUrl } = await server.GetSignedArtifactURL(asked);
    const answer = await fetch(signedUrl);
    if (!answer.ok) throw new Error(`Unexpected HTTP response from blob storage: ${answer.status}`);
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, `${artifact.name}.zip`), Buffer.from(await answer.arrayBuffer()));
  }

  async function main() {
    const [name, ids, pattern] = ["name", "artifact-ids", "pattern"].map((input) => core.getInput(input));
    const merge = core.getBooleanInput("merge-multiple");
    const asItIs = core.getBooleanInput("skip-decompress");
    if (core.getInput("github-token")) throw new Error("the stand-in knows the artifacts of this run alone");
    if (name && ids) throw new Error("Inputs 'name' and 'artifact-ids' cannot be used together. Please specify only one.");
    const given = core.getInput("path") || process.env.GITHUB_WORKSPACE;
    const root = path.resolve(given.startsWith("~") ? given.replace("~", os.homedir()) : given);
    const client = new DefaultArtifactClient();
    const { artifacts } = await client.listArtifacts({ latest: true });
    const chosen = choose(artifacts, name, ids, pattern);
    for (const artifact of chosen) {
      // A single artifact never gets a folder of its own, whichever way it was chosen.
      const folder = name || merge || chosen.length === 1 ? root : path.join(root, artifact.name);
      core.info(`- ${artifact.name} (ID: ${artifact.id}, Size: ${artifact.size})`);
      if (asItIs) await save(artifact, folder);
      else await client.downloadArtifact(artifact.id, { path: folder });
    }
    core.info(`Total of ${chosen.length} artifact(s) downloaded`);
    core.setOutput("download-path", root);
  }

  return main().catch((error) => core.setFailed(`Unable to download artifact(s): ${error.message}`));
};
