"""Which operations make, show and list the objects that a path speaks of. Pure: reads templates and words only."""

from collections.abc import Iterable
from dataclasses import dataclass

from gate.gates.access_review.operations import Subject, parameters_of
from gate.gates.access_review.words import any_of, plain_name, singular, static_words, stem, words_of

_MAKING = frozenset(
    {"create", "add", "new", "post", "make", "upload", "open", "start", "submit", "store", "save", "insert", "register"}
)
_UNMAKING = frozenset({"delete", "remove", "cancel", "search", "filter", "query", "login", "logout", "export", "bulk"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A parameter of a path and the collection that it is in: `task_id` in `/tasks`."""

    parameter: str
    collection: str

    @property
    def noun(self) -> str:
        """What it identifies, in the singular: by the parameter's name, else by the collection's last segment."""
        return stem(self.parameter) or self.collection_noun

    @property
    def collection_noun(self) -> str:
        """The collection's last fixed segment, in the singular."""
        fixed = [part for part in self.collection.split("/") if part and "{" not in part]
        return singular("".join(words_of(fixed[-1]))) if fixed else ""


def places_of(path: str) -> tuple[Place, ...]:
    """Return the parameters of a template with their collections, outermost first."""
    return tuple(
        # `/orders/by-id/{id}` is in `/orders/by-id`; what stands beside it in the same segment is no collection.
        Place(parameter=name, collection=path.partition(f"{{{name}}}")[0].rpartition("/")[0].rstrip("/"))
        for name in parameters_of(path)
    )


def shape(path: str) -> str:
    """Return a template without the names of its parameters and without a slash at its end."""
    for name in parameters_of(path):
        path = path.replace(f"{{{name}}}", "{}")
    return path.rstrip("/")


def makers_of(place: Place, subjects: Iterable[Subject], barred: Iterable[Subject]) -> tuple[Subject, ...]:
    """Return the operations that may make what a place identifies, the likeliest first."""
    out = {one.key for one in barred}
    nouns = {place.noun, place.collection_noun} - {""}
    ranked: list[tuple[int, int, str, Subject]] = []
    for subject in subjects:
        if subject.method not in {"POST", "PUT"} or subject.key in out or subject.ends_identity:
            continue
        score = _score(place, nouns, subject)
        if score:
            ranked.append((-score, len(subject.path), subject.key, subject))
    return tuple(one[3] for one in sorted(ranked, key=lambda one: one[:3]))[:4]


def _score(place: Place, nouns: set[str], subject: Subject) -> int:
    """Say how likely it is that an operation makes what a place identifies; 0 where it does not."""
    here, wanted = shape(subject.path), shape(place.collection)
    everything = set(subject.all_words)
    tail = here.rpartition("/")[2]
    if here == wanted and subject.method == "POST":
        return 100
    if tail == "{}" or everything & _UNMAKING:
        return 0
    making = bool(everything & _MAKING)
    if making and here.rpartition("/")[0] == wanted:
        return 90
    noun = singular("".join(words_of(tail)))
    if noun in nouns:
        return 80 if making else 70
    if making and {singular(word) for word in words_of(tail)} & nouns:
        return 60
    spoken = (*static_words(subject.path), *words_of(subject.operation.operation_id))
    return 40 if making and {singular(word) for word in spoken} & nouns else 0


def readers_of(path: str, subjects: Iterable[Subject]) -> tuple[tuple[Subject, bool], ...]:
    """Return the operations that show what a path is about, the nearest first; the second tells a list.

    For `/orders/{id}/cancel` that is `GET /orders/{id}`, then `GET /orders`; for `/tasks/{id}/comments` (something is
    added) the list itself, then its task.
    """
    reads = {shape(one.path): one for one in subjects if one.method == "GET"}
    found: list[tuple[Subject, bool]] = []
    parts = path.rstrip("/").split("/")
    for end in range(len(parts), 1, -1):
        prefix = "/".join(parts[:end])
        reader = reads.get(shape(prefix))
        if reader is not None:
            found.append((reader, "{" not in parts[end - 1]))
    return tuple(found)


def reference_noun(field: str, path: str) -> str:
    """Return what a field of a body or of the query refers to: `product_id` a product, `id` what the path is about.

    "" where it is no reference.
    """
    words = words_of(field)
    if not words or words[-1] not in {"id", "ids", "uuid", "slug", "uuids", "guid"}:
        return ""
    if len(words) > 1:
        return singular("".join(words[:-1]))
    fixed = [part for part in path.split("/") if part and "{" not in part]
    nouns = [part for part in fixed if not any_of(words_of(part), _MAKING | _UNMAKING)]
    return singular("".join(words_of(nouns[-1]))) if nouns else ""


def same_noun(one: str, other: str) -> bool:
    """Tell whether two nouns are the same, also where one has a word before it: `blogpost` and `post`."""
    first, second = plain_name(one), plain_name(other)
    return bool(first) and bool(second) and (first == second or (len(second) > 3 and first.endswith(second)))
