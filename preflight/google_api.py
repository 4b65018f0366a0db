"""Google's APIs over HTTPS with an access token, which appears nowhere else."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from preflight.question import UnansweredError
from preflight.web import Reply, Web


@dataclass(frozen=True, slots=True)
class GoogleApi:
    """The APIs, as seen from a project.

    Attributes:
        project: what is asked about, and whose quota of requests is used.
        region: where the stack is.
        token: gives an access token.
    """

    project: str
    region: str
    web: Web
    token: Callable[[], str]

    def get(self, service: str, path: str) -> Any:
        """Return the document at a path of a service such as `compute`.

        Raises:
            UnansweredError: there is none.
        """
        return _document(self.reply(service, path))

    def post(self, service: str, path: str, body: object) -> Any:
        """Return what a method that only reads answers to a document.

        Raises:
            UnansweredError: nothing.
        """
        return _document(self.reply(service, path, body))

    def reply(self, service: str, path: str, body: object = None) -> Reply:
        """Return the answer of a service, whatever its status."""
        headers = {"Authorization": f"Bearer {self.token()}", "x-goog-user-project": self.project}
        url = f"https://{service}.googleapis.com/{path}"
        return self.web.ask(url, headers=headers, method="GET" if body is None else "POST", body=body)


def _document(reply: Reply) -> Any:
    if reply.status == 200:
        return reply.document()
    raise refusal(reply)


def refusal(reply: Reply) -> UnansweredError:
    """Return why a service has not answered, in its own words, and what to run."""
    try:
        error: dict[str, Any] = reply.document().get("error", {})
    except ValueError:
        error = {}
    message = " ".join(str(error.get("message", "")).split())[:300]
    for detail in error.get("details", []):
        if detail.get("reason") == "SERVICE_DISABLED":
            service = detail.get("metadata", {}).get("service", "the API")
            return UnansweredError(f"{service} is not enabled", f"gcloud services enable {service}")
    return UnansweredError(f"status {reply.status}: {message}", "ask somebody with more rights, or look it up by hand")
