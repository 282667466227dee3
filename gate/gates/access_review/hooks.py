"""Runs what the project itself has to make an identity: a command, or a function of its own."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import Any

from gate.config.child_environment import for_tests
from gate.context import Context
from gate.gates.access_review.options import GATE_ID, IdentityHook
from gate.ports import CannotRun, ProjectEnvironment

_VARIABLE = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?")
_CALL_FUNCTION = """
import importlib, json, os, sys
sys.path.insert(0, os.getcwd())
module, _, name = sys.argv[1].partition(":")
told = getattr(importlib.import_module(module), name)(
    username=os.environ["QUALITY_GATE_USERNAME"], email=os.environ["QUALITY_GATE_EMAIL"],
    password=os.environ["QUALITY_GATE_PASSWORD"])
with open(os.environ["QUALITY_GATE_ANSWER"], "w", encoding="utf-8") as file:
    json.dump(told or {}, file)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """Runs hooks in the project's environment; `env` are the variables of the service itself."""

    ctx: Context
    environment: ProjectEnvironment
    env: Mapping[str, str]

    def with_headers(self, hook: IdentityHook) -> IdentityHook:
        """Put the caller's variables where given headers name them.

        Raises:
            CannotRun: one of them is none that code of the change may be given: the service receives what is sent.
        """
        values = for_tests(self.ctx.caller_environment, pass_env=self.ctx.config.pass_env)
        named = {one[1]: None for _, text in hook.headers for one in _VARIABLE.finditer(text)}
        if kept := [name for name in named if name in self.ctx.caller_environment and name not in values]:
            raise CannotRun(f"headers of an identity name ${kept[0]}, which the service may not be given")
        headers = tuple((name, _VARIABLE.sub(lambda one: values.get(one[1], ""), text)) for name, text in hook.headers)
        return replace(hook, headers=headers)

    async def run(self, name: str, hook: IdentityHook, facts: Mapping[str, str]) -> Mapping[str, Any]:
        """Run what makes an identity, and return what it told.

        Raises:
            CannotRun: it failed, or told what cannot be read.
        """
        # A name of its own each time: what an earlier identity was told must not be taken for this one's.
        answer = self.ctx.scratch_folder("identities") / f"{name.replace('/', '_')}-{token_hex(8)}.json"
        env = {
            **self.env,
            **{f"QUALITY_GATE_{key.upper()}": value for key, value in facts.items()},
            "QUALITY_GATE_ANSWER": str(answer),
            "QUALITY_GATE_IDENTITY": name,
        }
        log = self.ctx.folder / "logs" / f"{GATE_ID}-identities.log"
        argv: tuple[str, ...] = ("/bin/sh", "-c", hook.command)
        if hook.function:
            argv = (str(self.environment.python), "-c", _CALL_FUNCTION, hook.function)
        completed = await self.ctx.run(*argv, env=env, log=log)
        if completed.returncode:
            raise CannotRun(f"what makes the identity {name} {completed.ended}", self.ctx.tail(log))
        try:
            told = json.loads(self.ctx.read_text(answer) or "{}")
        except (ValueError, RecursionError):
            raise CannotRun(f"what makes the identity {name} wrote no JSON to $QUALITY_GATE_ANSWER") from None
        return told if isinstance(told, Mapping) else {}
