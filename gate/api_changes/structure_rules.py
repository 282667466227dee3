"""What may change about an API besides its schemas: each rule's id, whom it breaks, and what it says. Compares nothing.

The ids and, where nothing else is said, the impacts are oasdiff's:
https://github.com/oasdiff/oasdiff/blob/main/docs/BREAKING-CHANGES.md
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gate.api_changes.change import Impact

_BREAKING, _RISKY, _HARMLESS = Impact.BREAKING, Impact.RISKY, Impact.HARMLESS


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureRule:
    """A rule: the impact of its changes, unless a change knows better (see `security`), and its title."""

    impact: Impact
    title: str


def _rule(impact: Impact, title: str) -> StructureRule:
    return StructureRule(impact=impact, title=title)


STRUCTURE_RULES: Mapping[str, StructureRule] = {
    # Operations.
    "endpoint-added": _rule(_HARMLESS, "An operation is new"),
    "api-path-removed-without-deprecation": _rule(_BREAKING, "A path was removed without having been deprecated"),
    "api-path-removed-with-deprecation": _rule(_HARMLESS, "A path was removed that had been deprecated"),
    "api-path-removed-before-sunset": _rule(_BREAKING, "A path was removed before its sunset date"),
    "api-path-sunset-parse": _rule(_BREAKING, "A sunset date cannot be read"),
    "api-removed-without-deprecation": _rule(_BREAKING, "An operation was removed without having been deprecated"),
    "api-removed-with-deprecation": _rule(_HARMLESS, "An operation was removed that had been deprecated"),
    "api-removed-before-sunset": _rule(_BREAKING, "An operation was removed before its sunset date"),
    "endpoint-deprecated": _rule(_HARMLESS, "An operation was deprecated"),
    "endpoint-deprecated-with-sunset": _rule(_HARMLESS, "An operation was deprecated with a sunset date"),
    "endpoint-reactivated": _rule(_HARMLESS, "An operation is deprecated no longer"),
    "api-deprecated-sunset-missing": _rule(_BREAKING, "An operation was deprecated without the sunset date asked for"),
    "api-deprecated-sunset-parse": _rule(_BREAKING, "The sunset date of a deprecated operation cannot be read"),
    "api-sunset-date-too-small": _rule(_BREAKING, "The sunset date of a deprecated operation is too near"),
    "sunset-deleted": _rule(_BREAKING, "The sunset date of a deprecated operation was removed"),
    "api-sunset-date-changed-too-small": _rule(_BREAKING, "The sunset date of a deprecated operation moved too near"),
    "api-invalid-stability-level": _rule(_BREAKING, "An operation's stability cannot be read"),
    "api-stability-decreased": _rule(_BREAKING, "An operation became less stable"),
    "api-stability-increased": _rule(_HARMLESS, "An operation became more stable"),
    "api-operation-id-removed": _rule(_HARMLESS, "An operation's id was removed or replaced"),
    "api-operation-id-added": _rule(_HARMLESS, "An operation was given an id"),
    "webhook-added": _rule(_HARMLESS, "A webhook is new"),
    "webhook-removed": _rule(_BREAKING, "A webhook was removed"),
    # Ours: oasdiff has no rules for them.
    "callback-added": _rule(_HARMLESS, "A callback of an operation is new"),
    "callback-removed": _rule(_BREAKING, "A callback of an operation was removed"),
    # Parameters.
    "request-parameter-removed": _rule(_RISKY, "A parameter was removed"),
    "request-parameter-removed-with-deprecation": _rule(_HARMLESS, "A parameter was removed that had been deprecated"),
    "request-parameter-removed-before-sunset": _rule(_BREAKING, "A parameter was removed before its sunset date"),
    "request-parameter-sunset-parse": _rule(_BREAKING, "The sunset date of a deprecated parameter cannot be read"),
    "request-parameter-deprecated": _rule(_HARMLESS, "A parameter was deprecated"),
    "request-parameter-reactivated": _rule(_HARMLESS, "A parameter is deprecated no longer"),
    "request-parameter-deprecated-sunset-missing": _rule(
        _BREAKING, "A parameter was deprecated without the sunset date asked for"
    ),
    "request-parameter-sunset-date-too-small": _rule(
        _BREAKING, "The sunset date of a deprecated parameter is too near"
    ),
    "request-parameter-sunset-deleted": _rule(_BREAKING, "The sunset date of a deprecated parameter was removed"),
    "request-parameter-sunset-date-changed-too-small": _rule(
        _BREAKING, "The sunset date of a deprecated parameter moved too near"
    ),
    "new-required-request-parameter": _rule(_BREAKING, "A required parameter is new"),
    "new-optional-request-parameter": _rule(_HARMLESS, "An optional parameter is new"),
    "new-required-request-default-parameter-to-existing-path": _rule(
        _BREAKING, "A required parameter of a path's operations is new"
    ),
    "new-optional-request-default-parameter-to-existing-path": _rule(
        _HARMLESS, "An optional parameter of a path's operations is new"
    ),
    "new-request-path-parameter": _rule(_BREAKING, "A path parameter is new"),
    "request-parameter-became-required": _rule(_BREAKING, "A parameter became required"),
    "request-parameter-became-optional": _rule(_HARMLESS, "A parameter became optional"),
    "request-parameter-default-value-added": _rule(_BREAKING, "An optional parameter was given a default"),
    "request-parameter-default-value-changed": _rule(_BREAKING, "An optional parameter's default changed"),
    "request-parameter-default-value-removed": _rule(_BREAKING, "An optional parameter's default was removed"),
    # Ours: oasdiff has no rules for them.
    "request-parameter-serialization-changed": _rule(_BREAKING, "A parameter is written in another way"),
    "request-parameter-empty-value-disallowed": _rule(_BREAKING, "A parameter may no longer be empty"),
    "request-parameter-type-generalized": _rule(_HARMLESS, "A parameter takes more types"),
    # Request bodies.
    "request-body-added-required": _rule(_BREAKING, "A required body is new"),
    "request-body-added-optional": _rule(_HARMLESS, "An optional body is new"),
    "request-body-removed": _rule(_BREAKING, "The request's body was removed"),
    "request-body-became-required": _rule(_BREAKING, "The request's body became required"),
    "request-body-became-optional": _rule(_HARMLESS, "The request's body became optional"),
    "request-body-media-type-removed": _rule(_BREAKING, "A media type of the request's body was removed"),
    "request-body-media-type-added": _rule(_HARMLESS, "A media type of the request's body is new"),
    "request-body-media-type-schema-added": _rule(_BREAKING, "The request's body was given a schema"),
    "request-body-media-type-schema-removed": _rule(_HARMLESS, "The request's body lost its schema"),
    # Responses.
    "response-success-status-removed": _rule(_BREAKING, "A status of success was removed"),
    "response-success-status-added": _rule(_HARMLESS, "A status of success is new"),
    "response-non-success-status-removed": _rule(_HARMLESS, "A status other than success was removed"),
    "response-non-success-status-added": _rule(_HARMLESS, "A status other than success is new"),
    "response-media-type-removed": _rule(_BREAKING, "A media type of a response was removed"),
    "response-media-type-added": _rule(_HARMLESS, "A media type of a response is new"),
    "response-media-type-name-changed": _rule(_HARMLESS, "The parameters of a response's media type changed"),
    "response-media-type-name-generalized": _rule(_BREAKING, "A response's media type became more general"),
    "response-media-type-name-specialized": _rule(_HARMLESS, "A response's media type became more special"),
    "response-body-media-type-schema-added": _rule(_HARMLESS, "A response was given a schema"),
    "response-body-media-type-schema-removed": _rule(_BREAKING, "A response lost its schema"),
    "response-header-added": _rule(_HARMLESS, "A response's header is new"),
    "response-header-became-optional": _rule(_BREAKING, "A response's header became optional"),
    "response-header-serialization-changed": _rule(_BREAKING, "A response's header is written in another way"),
    "required-response-header-removed": _rule(_BREAKING, "A response's required header was removed"),
    "optional-response-header-removed": _rule(_BREAKING, "A response's optional header was removed"),
    # Security. oasdiff tells all of it to readers only; here what turns away a client of the base breaks it.
    "api-security-added": _rule(_HARMLESS, "An operation has a new way to authenticate"),
    "api-security-removed": _rule(_HARMLESS, "An operation lost a way to authenticate"),
    "api-security-scope-added": _rule(_HARMLESS, "An operation asks for another scope"),
    "api-security-scope-removed": _rule(_HARMLESS, "An operation asks for a scope no longer"),
    "api-global-security-added": _rule(_HARMLESS, "The API has a new way to authenticate"),
    "api-global-security-removed": _rule(_HARMLESS, "The API lost a way to authenticate"),
    "api-global-security-scope-added": _rule(_HARMLESS, "The API asks for another scope"),
    "api-global-security-scope-removed": _rule(_HARMLESS, "The API asks for a scope no longer"),
    "api-security-component-added": _rule(_HARMLESS, "A security scheme is new"),
    "api-security-component-removed": _rule(_HARMLESS, "A security scheme was removed"),
    "api-security-component-type-changed": _rule(_HARMLESS, "A security scheme's type changed"),
    # Ours: the name of the header or parameter, where it is, and the scheme of `Authorization`.
    "api-security-component-credential-changed": _rule(_HARMLESS, "A security scheme's credential moved"),
    "api-security-component-oauth-url-changed": _rule(_HARMLESS, "An OAuth flow's authorization URL changed"),
    "api-security-component-oauth-token-url-changed": _rule(_HARMLESS, "An OAuth flow's token URL changed"),
    # Ours, as is the URL of OpenID Connect, which is an `oauth-url`.
    "api-security-component-oauth-refresh-url-changed": _rule(_HARMLESS, "An OAuth flow's refresh URL changed"),
    "api-security-component-oauth-flow-removed": _rule(_HARMLESS, "An OAuth flow was removed"),
    "api-security-component-oauth-scope-added": _rule(_HARMLESS, "An OAuth flow has a new scope"),
    "api-security-component-oauth-scope-removed": _rule(_HARMLESS, "An OAuth flow lost a scope"),
    "api-security-component-oauth-scope-changed": _rule(_HARMLESS, "An OAuth scope's meaning changed"),
}
