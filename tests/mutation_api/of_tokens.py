"""Mutants that accept a token which nobody issued, or one that is over."""

from tests.mutation_api.mutant import ANYWHERE, Change, Mutant, at, change
from tests.mutation_api.service import DEPENDENCIES, SECURITY

_OPTIONS = 'options={"require": ["exp", "iat", "sub"]}'


def _accepted(name: str, *changes: Change) -> Mutant:
    """Make a mutant of all operations at once: it may be found at any that wants a token."""
    return Mutant(name=name, changes=changes, places=(at(ANYWHERE, "logged-in"),))


OF_TOKENS = (
    _accepted(
        "signature-not-verified",
        change(SECURITY, _OPTIONS, 'options={"require": ["exp", "iat", "sub"], "verify_signature": False}'),
    ),
    _accepted(
        "signature-not-verified-but-expiry",
        change(
            SECURITY,
            _OPTIONS,
            'options={"require": ["exp", "iat", "sub"], "verify_signature": False, "verify_exp": True}',
        ),
    ),
    _accepted(
        "unsigned-tokens-accepted",
        change(
            SECURITY,
            "            claims = jwt.decode(\n",
            '            unsigned = jwt.get_unverified_header(token)["alg"] == "none"\n'
            '            claims = jwt.decode(token, options={"verify_signature": False}) if unsigned else jwt.decode(\n',
        ),
    ),
    _accepted(
        "expired-tokens-accepted",
        change(SECURITY, _OPTIONS, 'options={"require": ["exp", "iat", "sub"], "verify_exp": False}'),
    ),
    _accepted(
        "garbage-is-the-newest-user",
        change(
            DEPENDENCIES,
            "        raise NotAuthenticatedError from error\n    user = await session.get(User, user_id)\n",
            "        user = await session.scalar(select(User).order_by(User.id.desc()).limit(1))\n"
            "        if user is None:\n"
            "            raise NotAuthenticatedError from error\n"
            "        return user\n"
            "    user = await session.get(User, user_id)\n",
        ),
    ),
)
