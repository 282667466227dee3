"""Finds the operations by which one enters a service: those that make accounts, and those that log in. Pure."""

import re

from gate.formats.openapi_document import Document, Operation
from gate.gates.access_review.operations import Login, Subject, fields_of
from gate.gates.access_review.words import LOG_IN, NOT_A_LOG_IN, PASSWORDS, SIGN_UP, USERS, any_of


def secret_fields(document: Document, operation: Operation) -> tuple[str, ...]:
    """Return the fields of the body that take a password, also those of an object within it."""
    return tuple(name for name in fields_of(document, operation) if PASSWORDS.search(name.rpartition(".")[2]))


def sign_ups(subjects: tuple[Subject, ...], document: Document) -> tuple[Subject, ...]:
    """Return the operations that may make an account, the likeliest first."""
    ranked: list[tuple[int, int, Subject]] = []
    for subject in subjects:
        if subject.method != "POST" or subject.parameters or subject.login is Login.REQUIRED:
            continue
        has_secret = bool(secret_fields(document, subject.operation))
        words, everything = subject.words, subject.all_words
        named = any_of(words, SIGN_UP) or ("sign" in everything and "up" in everything) or any_of(everything, SIGN_UP)
        users = any_of(words[-1:], USERS)
        creates = users and any_of(everything, frozenset({"create", "add", "new", "post"}))
        if any_of(words[-1:], LOG_IN | NOT_A_LOG_IN - SIGN_UP - {"register", "signup"}) and not named:
            continue
        score = 8 * named + 3 * users + 2 * creates + 2 * has_secret
        if (named or users) and (has_secret or named):
            ranked.append((-score, len(subject.path), subject))
    return tuple(subject for _, _, subject in sorted(ranked, key=lambda one: one[:2]))


def log_ins(subjects: tuple[Subject, ...], document: Document) -> tuple[Subject, ...]:
    """Return the operations that may give credentials for name and password, the likeliest first."""
    token_paths = [scheme.token_path for scheme in document.schemes.values() if scheme.token_path]
    ranked: list[tuple[int, int, Subject]] = []
    for subject in subjects:
        if subject.method != "POST" or subject.parameters:
            continue
        # A token's path is relative to where the document is served, or absolute.
        of_flow = any(_ends_with(subject.path, path) for path in token_paths)
        named = any_of(subject.words, LOG_IN) or {"log", "in"} <= set(subject.all_words)
        barred = any_of(subject.words[-2:], NOT_A_LOG_IN) or any_of(subject.words, SIGN_UP)
        secret = bool(secret_fields(document, subject.operation))
        if of_flow or (named and secret and not barred):
            form = subject.operation.body is not None and "form" in subject.operation.body.media_type
            ranked.append((-(10 * of_flow + 3 * secret + form), len(subject.path), subject))
    return tuple(subject for _, _, subject in sorted(ranked, key=lambda one: one[:2]))


def _ends_with(path: str, token_path: str) -> bool:
    wanted = re.sub(r"^[a-z]+://[^/]+", "", token_path).split("?")[0].lstrip("./").strip("/")
    return bool(wanted) and f"/{path.strip('/')}".endswith(f"/{wanted}")
