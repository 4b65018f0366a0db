"""Reports of stories that nobody played, for the tests of the page."""

from rehearsal.engine.engine import Parameter
from rehearsal.report import Report
from rehearsal.report.content import ServerFacts
from rehearsal.story.observation import Observation
from rehearsal.story.told import Act
from rehearsal.story.verdict import Link, Verdict


def seen(minute: int, signal: float | None, replicas: int) -> Observation:
    return Observation(
        time=minute * 60.0,
        server="llama",
        signal=signal,
        wanted=replicas,
        ready=replicas,
        pending=0,
        clients=9,
        nodes={"system": 1, "v6e": replicas},
        waiting=signal,
        running=128.0,
        tokens=2000.0,
        first_token=None if signal is None else 1.5,
        complaint="",
    )


def told(*, broken: bool) -> Report:
    """Return the report of a story that held, or of one that broke."""
    verdicts = [Verdict("the API server accepted all 21 objects")]
    if broken:
        verdicts.append(Verdict("nothing scrapes the pods of <llama>", Link.NOT_SCRAPED))
    return Report(
        stack="gke-tpu",
        ok=not broken,
        played="2026-11-20T22:00:00+00:00",
        speed=30.0,
        seconds=113.0,
        servers=[
            ServerFacts(
                name="llama",
                metric="prometheus.googleapis.com|vllm:num_requests_waiting|gauge",
                target=5.0,
                minimum=1,
                maximum=2,
                clients=9,
                concurrency=32,
                expected=2,
                parameters=[Parameter("requests in a batch", "128", "--max-num-seqs of the pod")],
            )
        ],
        acts={Act.START: 0.0, Act.LOAD: 120.0, Act.HOLD: 300.0, Act.REST: 360.0},
        verdicts=verdicts,
        observations=[seen(0, None, 1), seen(2, 160.0, 1), seen(5, 16.0, 2), seen(9, 0.0, 1)],
        real=["etcd"],
        doubles=["engines"],
        changes=["periods"],
        not_rehearsed=["22 gcp resources"],
        versions={"kubernetes": "v1.36.4"},
    )
