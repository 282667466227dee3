// Starts npm's `emulate` for GitHub on one loopback port, with three things it cannot be told otherwise:
// pull requests of a given number and head commit, bots that are bots, and a record of the requests.
//
//   node main.mjs SEED.json      {port, host, tokens, github: {users, repos, ...}, pull_requests: [...]}
//
// Control routes, outside GitHub's namespace: PUT /_testbed/pulls, GET and DELETE /_testbed/requests.
import { readFileSync, readdirSync } from "node:fs";
import { Server } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const seed = JSON.parse(readFileSync(process.argv[2], "utf8"));
const dist = join(dirname(fileURLToPath(import.meta.url)), "node_modules", "emulate", "dist");

// The plug-in is a module object shared with `createEmulator`; its file's name carries a hash.
const file = readdirSync(dist).find(
  (name) => /^dist-.*\.js$/.test(name) && /getGitHubStore,\s*githubPlugin/.test(readFileSync(join(dist, name), "utf8")),
);
const { githubPlugin, getGitHubStore } = await import(pathToFileURL(join(dist, file)).href);
const { createEmulator } = await import(pathToFileURL(join(dist, "api.js")).href);

// `emulate` listens on every address; a test listens on loopback only.
const listen = Server.prototype.listen;
Server.prototype.listen = function (port, ...rest) {
  return listen.call(this, { port, host: seed.host }, ...rest.filter((argument) => typeof argument === "function"));
};

const requests = [];
const changedFiles = new Map();
let gh;

function putCommit(repository, sha) {
  if (gh.commits.all().some((row) => row.repo_id === repository.id && row.sha === sha)) return;
  const [name, email, date] = ["Octo Cat", "octocat@example.com", new Date().toISOString()];
  gh.commits.insert({
    repo_id: repository.id, sha, node_id: `C_${sha}`, message: "A change", tree_sha: sha, parent_shas: [], user_id: null,
    author_name: name, author_email: email, author_date: date,
    committer_name: name, committer_email: email, committer_date: date,
  });
}

function putPull(pull) {
  const base = gh.repos.findOneBy("full_name", pull.repository);
  const head = gh.repos.findOneBy("full_name", pull.head_repository ?? pull.repository);
  const user = gh.users.findOneBy("login", pull.user);
  if (!base || !head || !user) throw new Error(`unknown repository or user in ${JSON.stringify(pull)}`);
  if (head.id !== base.id) gh.repos.update(head.id, { fork: true, forked_from_id: base.id });
  for (const repository of [base, head]) for (const sha of [pull.head_sha, pull.base_sha]) putCommit(repository, sha);
  const same = (row) => row.repo_id === base.id && row.number === pull.number;
  const shared = {
    number: pull.number, repo_id: base.id, title: pull.title, body: null, state: pull.state, locked: false,
    user_id: user.id, assignee_ids: [], label_ids: [], milestone_id: null,
    closed_at: pull.state === "closed" ? new Date().toISOString() : null,
  };
  const own = {
    head_ref: pull.head_ref, head_sha: pull.head_sha, head_repo_id: head.id,
    base_ref: pull.base_ref, base_sha: pull.base_sha, base_repo_id: base.id,
    changed_files: pull.files.length,
  };
  changedFiles.set(`${base.full_name}#${pull.number}`, pull.files);
  const known = gh.pullRequests.all().find(same);
  if (known) {
    gh.pullRequests.update(known.id, { ...own, title: pull.title, state: pull.state, closed_at: shared.closed_at });
    gh.issues.update(gh.issues.all().find(same).id, { state: pull.state, closed_at: shared.closed_at });
    return;
  }
  gh.issues.insert({
    ...shared, node_id: `I_${base.id}_${pull.number}`, state_reason: null, active_lock_reason: null, comments: 0,
    closed_by_id: null, is_pull_request: true,
  });
  gh.pullRequests.insert({
    ...shared, ...own, node_id: `PR_${base.id}_${pull.number}`, merged: false, merged_at: null, merged_by_id: null,
    merge_commit_sha: null, mergeable: true, mergeable_state: "clean", comments: 0, review_comments: 0, commits: 1,
    additions: 0, deletions: 0, draft: false, requested_reviewer_ids: [], requested_team_ids: [], auto_merge: null,
  });
}

const register = githubPlugin.register.bind(githubPlugin);
githubPlugin.register = (app, store, ...rest) => {
  gh = getGitHubStore(store);
  const answer = app.fetch.bind(app);
  app.fetch = async (request, ...more) => {
    const url = new URL(request.url);
    if (url.pathname.startsWith("/_testbed/")) return answer(request, ...more);
    const headers = Object.fromEntries(request.headers);
    const record = { method: request.method, path: url.pathname, query: url.search.slice(1), headers };
    requests.push(record);
    record.body = request.body ? await request.clone().text() : "";
    const response = await answer(request, ...more);
    record.status = response.status;
    return response;
  };
  app.get("/_testbed/requests", (c) => c.json(requests));
  app.delete("/_testbed/requests", (c) => { requests.length = 0; return c.body(null, 204); });
  app.put("/_testbed/pulls", async (c) => { putPull(await c.req.json()); return c.body(null, 204); });
  // `emulate` invents file names; a pull request that was seeded with files lists those.
  app.get("/repos/:owner/:repo/pulls/:number/files", async (c, next) => {
    const { owner, repo, number } = c.req.param();
    const files = changedFiles.get(`${owner}/${repo}#${number}`);
    if (!files) return next();
    const perPage = Math.min(100, Number(c.req.query("per_page") ?? 30));
    const page = Number(c.req.query("page") ?? 1);
    if (page * perPage < files.length) {
      const following = new URL(c.req.url);
      following.searchParams.set("page", String(page + 1));
      c.header("Link", `<${following}>; rel="next"`);
    }
    return c.json(files.slice((page - 1) * perPage, page * perPage));
  });
  register(app, store, ...rest);
};

await createEmulator({ service: "github", port: seed.port, baseUrl: `http://${seed.host}:${seed.port}`, seed });
for (const user of gh.users.all()) if (user.login.endsWith("[bot]")) gh.users.update(user.id, { type: "Bot" });
for (const pull of seed.pull_requests) putPull(pull);
