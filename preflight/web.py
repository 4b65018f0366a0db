"""Requests to public APIs. No redirect is followed, so that a token goes to no other host."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from typing_extensions import override

from preflight.question import UnansweredError

SECONDS = 5.0
"""For one request."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer of any status.

    Attributes:
        headers: by name in lower case.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    def document(self) -> Any:
        """Return the body as JSON; an empty one as an empty mapping."""
        return json.loads(self.body or b"{}")


class _NoRedirects(HTTPRedirectHandler):
    @override
    def redirect_request(self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> None:
        return None


_OPENER = build_opener(_NoRedirects)


@dataclass(frozen=True, slots=True)
class Web:
    """Where hosts are found.

    Attributes:
        instead: addresses that stand in for hosts, such as `http://127.0.0.1:8080` for `huggingface.co`.
    """

    instead: Mapping[str, str] = field(default_factory=dict[str, str])

    def ask(
        self, url: str, *, headers: Mapping[str, str] | None = None, method: str = "GET", body: object = None
    ) -> Reply:
        """Return the answer to a request, whatever its status; a body is sent as JSON.

        Raises:
            UnansweredError: there was none.
        """
        parts = urlsplit(url)
        there = urlsplit(self.instead.get(parts.netloc, f"https://{parts.netloc}"))
        request = Request(
            urlunsplit((there.scheme, there.netloc, parts.path, parts.query, "")),
            data=None if body is None else json.dumps(body).encode(),
            headers={**(headers or {}), **({} if body is None else {"Content-Type": "application/json"})},
            method=method,
        )
        try:
            with _OPENER.open(request, timeout=SECONDS) as answer:
                return Reply(answer.status, _lower(answer.headers), answer.read())
        except HTTPError as error:
            return Reply(error.code, _lower(error.headers), error.read())
        except (URLError, TimeoutError, ConnectionError) as error:
            reason = f"{parts.netloc} cannot be reached ({getattr(error, 'reason', error)})"
            raise UnansweredError(reason, "look whether the network lets it through, and ask again") from None


def _lower(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
