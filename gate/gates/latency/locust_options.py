"""What options of the gate cannot be meant together with a locustfile. Pure."""

from gate.gates.latency.options import LatencyOptions
from gate.ports import CannotRun

_OF_THIS_MACHINE = ("127.0.0.1", "localhost")


def refuse_contradictions_of_locust(options: LatencyOptions) -> None:
    """Refuse what cannot be meant, before anything is started.

    Raises:
        CannotRun: options contradict each other.
    """
    if not options.locustfile:
        if options.locust_workers or options.locust_expect:
            raise CannotRun("`locust-workers` and `locust-expect` are of a `locustfile`, and there is none: name it")
        return
    others = {"session": options.session, "before": options.before, "function": options.function}
    for name in (name for name, given in others.items() if given):
        raise CannotRun(f"`locustfile` and `{name}` both say what is played: keep one of them")
    if options.rate is not None:
        raise CannotRun("a locustfile says itself when requests start: leave `rate` out, or write a `session`")
    if options.compare:
        raise CannotRun("`compare` plays a session against both services, and a locustfile is none: keep one of them")
    if options.locust_workers and options.locust_expect:
        raise CannotRun("`locust-workers` are started here, those of `locust-expect` elsewhere: keep one of them")
    if options.locust_expect and not options.target and options.locust_bind.split(":")[0] not in _OF_THIS_MACHINE:
        raise CannotRun(
            "workers on other machines cannot reach the service that the gate starts, on a loopback port: start one "
            "where they reach it, and name it as the `target`"
        )
