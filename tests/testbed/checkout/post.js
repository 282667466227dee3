// Takes the token away again, as the real action does at the end of the job.
"use strict";
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");

const { STATE_credentials: credentials, STATE_folder: folder } = process.env;
if (credentials) {
  fs.rmSync(credentials, { force: true });
  try {
    execFileSync("git", ["-C", folder, "config", "--local", "--unset-all", `includeIf.gitdir:${folder}/.git.path`]);
  } catch {
    console.log("the checkout is gone");
  }
}
