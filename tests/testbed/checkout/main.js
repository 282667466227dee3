// The stand-in for actions/checkout: git fetch from a folder of this machine instead of from the server.
// TESTBED_REPOSITORIES is a JSON object, owner/name -> folder.
"use strict";
const { execFileSync } = require("node:child_process");
const { randomUUID } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

const input = (name) => (process.env[`INPUT_${name.toUpperCase()}`] ?? "").trim();
const env = process.env;

/** Where later steps find the token: a file outside the workspace that .git/config includes, as since v6. */
function persistCredentials(folder) {
  const file = path.join(env.RUNNER_TEMP, `git-credentials-${randomUUID()}.config`);
  const basic = Buffer.from(`x-access-token:${input("token")}`).toString("base64");
  const server = new URL(env.GITHUB_SERVER_URL).origin;
  fs.writeFileSync(file, `[http "${server}/"]\n\textraheader = AUTHORIZATION: basic ${basic}\n`, { mode: 0o600 });
  execFileSync("git", ["-C", folder, "config", "--local", `includeIf.gitdir:${path.join(folder, ".git")}.path`, file]);
  fs.appendFileSync(env.GITHUB_STATE, `credentials=${file}\nfolder=${folder}\n`);
}

function main() {
  const repository = input("repository");
  const source = JSON.parse(env.TESTBED_REPOSITORIES ?? "{}")[repository];
  if (!source) throw new Error(`repository '${repository}' not found: not among TESTBED_REPOSITORIES`);
  const folder = path.resolve(env.GITHUB_WORKSPACE, input("path"));
  if (path.relative(env.GITHUB_WORKSPACE, folder).startsWith("..")) throw new Error("path is outside the workspace");
  fs.mkdirSync(folder, { recursive: true });
  for (const entry of fs.readdirSync(folder)) fs.rmSync(path.join(folder, entry), { recursive: true, force: true });

  const git = (...words) => execFileSync("git", ["-C", folder, ...words], { encoding: "utf8" }).trim();
  const own = repository === env.GITHUB_REPOSITORY;
  const wanted = input("ref") || (own ? env.GITHUB_SHA : "HEAD");
  const depth = Number(input("fetch-depth"));
  git("init", "--quiet");
  git("remote", "add", "origin", `${env.GITHUB_SERVER_URL}/${repository}`);
  const shallow = depth > 0 ? [`--depth=${depth}`] : ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"];
  git("-c", "safe.directory=*", "fetch", "--quiet", "--no-tags", `file://${source}`, ...shallow, wanted);
  git("checkout", "--quiet", "--force", "--detach", "FETCH_HEAD");
  const commit = git("rev-parse", "HEAD");
  if (input("persist-credentials") === "true") persistCredentials(folder);
  fs.appendFileSync(env.GITHUB_OUTPUT, `ref=${input("ref") || env.GITHUB_REF}\ncommit=${commit}\n`);
  console.log(`checked out ${repository} at ${commit} in ${folder}`);
}

try {
  main();
} catch (error) {
  console.log(`::error::${error.message}`);
  process.exitCode = 1;
}
