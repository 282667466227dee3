"""The words for each kind of flaw: what it is, what to do, how bad it is, and where OWASP and CWE file it.

Sources: https://owasp.org/API-Security/editions/2023/en/0x11-t10/ and https://cwe.mitre.org/.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gate.domain.finding import RuleWords, Severity
from gate.gates.access_review.evidence import Flaw
from gate.gates.access_review.questions import Rule

_OWASP_PAGES = "https://owasp.org/API-Security/editions/2023/en/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is known of a rule.

    `title` says what is wrong in a few words, `advice` in a sentence what to do. `score` is from 0.0 to 10.0, in the
    bands of CVSS: critical above 9.0, high from 7.0, medium from 4.0.
    """

    title: str
    advice: str
    owasp: str
    cwe: int
    score: float
    severity: Severity = Severity.ERROR

    @property
    def help_url(self) -> str:
        """The page of OWASP that says how to prevent it."""
        return _OWASP_PAGES + _PAGE_OF[self.owasp] + "/"


_PAGE_OF = {
    "API1:2023": "0xa1-broken-object-level-authorization",
    "API2:2023": "0xa2-broken-authentication",
    "API3:2023": "0xa3-broken-object-property-level-authorization",
    "API4:2023": "0xa4-unrestricted-resource-consumption",
    "API5:2023": "0xa5-broken-function-level-authorization",
    "API8:2023": "0xa8-security-misconfiguration",
    "API9:2023": "0xa9-improper-inventory-management",
}

CATALOGUE: Mapping[Rule, Entry] = {
    Rule.OTHER_DELETES: Entry(
        title="another user deletes it",
        advice="Look the object up by its id and its owner together, and answer 404 where there is none.",
        owasp="API1:2023",
        cwe=639,
        score=8.8,
    ),
    Rule.OTHER_CHANGES: Entry(
        title="another user changes it",
        advice="Look the object up by its id and its owner together, and answer 404 where there is none.",
        owasp="API1:2023",
        cwe=639,
        score=8.8,
    ),
    Rule.OTHER_READS: Entry(
        title="another user reads it",
        advice="Look the object up by its id and its owner together, and answer 404 where there is none.",
        owasp="API1:2023",
        cwe=639,
        score=7.5,
    ),
    Rule.OTHER_ADDS: Entry(
        title="another user adds below it",
        advice="Check who owns the parent before anything is made below it.",
        owasp="API1:2023",
        cwe=639,
        score=7.1,
    ),
    Rule.FORGED_TOKEN: Entry(
        title="a forged token is accepted",
        advice="Verify the signature with one fixed algorithm: `jwt.decode(token, key, algorithms=[...])`.",
        owasp="API2:2023",
        cwe=347,
        score=9.8,
    ),
    Rule.LOGIN_NOT_REQUIRED: Entry(
        title="log-in is not required",
        advice="Depend on the user who is logged in without making it optional.",
        owasp="API2:2023",
        cwe=306,
        score=8.2,
    ),
    Rule.ROLE_NOT_REQUIRED: Entry(
        title="a user without the role may do it",
        advice="Depend on the role, not only on a user who is logged in.",
        owasp="API5:2023",
        cwe=862,
        score=8.8,
    ),
    Rule.DENIED_BUT_DONE: Entry(
        title="it is denied and done all the same",
        advice="Check before anything is written, or roll back when access is denied.",
        owasp="API1:2023",
        cwe=696,
        score=8.1,
    ),
    Rule.MASS_ASSIGNMENT: Entry(
        title="a caller sets a field that is not theirs to set",
        advice="Take only the fields that a caller may set: a model of its own for what comes in.",
        owasp="API3:2023",
        cwe=915,
        score=8.1,
    ),
    Rule.IDENTITY_IN_BODY: Entry(
        title="who acts is taken from the body",
        advice="Take the owner from the credentials, never from what was sent.",
        owasp="API1:2023",
        cwe=639,
        score=8.1,
    ),
    Rule.LIST_LEAKS: Entry(
        title="a list shows another user's objects",
        advice="Restrict the query to the objects of the user who asks.",
        owasp="API1:2023",
        cwe=639,
        score=7.5,
    ),
    Rule.PRIVATE_FIELDS: Entry(
        title="private fields are shown",
        advice="Answer with a model that has only the fields that its reader may see.",
        owasp="API3:2023",
        cwe=213,
        score=6.5,
    ),
    Rule.EXPIRED_TOKEN: Entry(
        title="an expired token is accepted",
        advice="Let the library verify `exp`, and require it.",
        owasp="API2:2023",
        cwe=613,
        score=6.5,
    ),
    Rule.DEBUG_ROUTE: Entry(
        title="a route that is no part of the service's interface is served",
        advice="Remove it, or serve it only where the service is developed.",
        owasp="API9:2023",
        cwe=489,
        score=7.5,
    ),
    Rule.PUBLIC_UNLISTED: Entry(
        title="it is public and nobody said so",
        advice="Depend on a user, or say `public` in access-policy.yml.",
        owasp="API2:2023",
        cwe=306,
        score=6.5,
    ),
    Rule.SERVER_ERROR: Entry(
        title="an odd value ends in a server error",
        advice="Refuse the value where it comes in, by its type and bounds.",
        owasp="API8:2023",
        cwe=20,
        score=5.3,
    ),
    Rule.BOUND_NOT_KEPT: Entry(
        title="a bound of the document is not kept",
        advice="Validate the value where it comes in, by the same bound.",
        owasp="API4:2023",
        cwe=1284,
        score=5.3,
    ),
    Rule.TRACEBACK: Entry(
        title="an answer shows a traceback",
        advice="Switch the debug mode off, and answer errors without their cause.",
        owasp="API8:2023",
        cwe=209,
        score=5.3,
    ),
    Rule.CORS: Entry(
        title="any site may send a user's credentials",
        advice="Name the origins that may send credentials.",
        owasp="API8:2023",
        cwe=942,
        score=5.4,
        severity=Severity.WARNING,
    ),
    Rule.INPUT_UNBOUNDED: Entry(
        title="an input has no bound",
        advice="Give strings and lists a greatest length, and numbers a range.",
        owasp="API4:2023",
        cwe=770,
        score=4.3,
        severity=Severity.WARNING,
    ),
}
"""In the order of their weight: the worst first."""

_READS = ("GET", "HEAD", "OPTIONS")


def severity_of(flaw: Flaw, unbounded: Severity) -> Severity:
    """Return how much a flaw weighs; `unbounded` is what the options say of inputs without a bound."""
    if flaw.severity is not None:
        return flaw.severity
    if flaw.rule is Rule.INPUT_UNBOUNDED:
        return unbounded
    if flaw.rule is Rule.PUBLIC_UNLISTED and flaw.operation.partition(" ")[0] in _READS:
        return Severity.WARNING
    return CATALOGUE[flaw.rule].severity


def words_of(rule: Rule) -> RuleWords:
    """Return what a list of alerts shows of a rule, with the tags by which GitHub's code scanning files it."""
    entry = CATALOGUE[rule]
    return RuleWords(
        rule_id=rule,
        title=f"{entry.title} ({entry.owasp}, CWE-{entry.cwe})",
        advice=entry.advice,
        tags=("security", f"external/cwe/cwe-{entry.cwe:03}", f"external/owasp/{entry.owasp}"),
        score=entry.score,
    )
