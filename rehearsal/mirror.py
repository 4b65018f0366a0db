"""The objects of one kind as they are now, kept up to date by a watch.

One mirror serves every reader of a kind, so that none of them asks the API server over and over.
"""

import json
import threading
from typing import Self

import httpx2

from rehearsal.client import ApiError, Client, Json

WATCH_SECONDS = 1
"""How long one watch lasts before it is asked for anew, and so how long `close` may take."""
RETRY_SECONDS = 0.5


class Mirror:
    """A context manager inside which `objects` follows the API server.

    While the server cannot be reached `objects` keeps what it last said; after that all objects are listed anew.
    """

    def __init__(self, client: Client, api_version: str, kind: str) -> None:
        self._client = client
        self._type = {"apiVersion": api_version, "kind": kind}
        self._path = client.kind(api_version, kind).path()
        self._objects: dict[str, Json] = {}
        self._version = ""
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread = threading.Thread(name=f"mirror of {kind}", target=self._follow, daemon=True)

    def __enter__(self) -> Self:
        self._version = self._list()
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._closed.set()
        self._thread.join()

    @property
    def objects(self) -> list[Json]:
        """All objects; the caller must not change them."""
        with self._lock:
            return list(self._objects.values())

    def _follow(self) -> None:
        while not self._closed.is_set():
            try:
                self._version = self._watch(self._version) if self._version else self._list()
            except (ApiError, httpx2.TransportError, ValueError):  # The last one is of an answer that was cut off.
                self._version = ""
                self._closed.wait(RETRY_SECONDS)

    def _list(self) -> str:
        found = self._client.request("GET", self._path)
        with self._lock:
            self._objects = {item["metadata"]["uid"]: {**self._type, **item} for item in found["items"]}
        return found["metadata"]["resourceVersion"]

    def _watch(self, version: str) -> str:
        parameters = {"watch": "true", "resourceVersion": version, "timeoutSeconds": str(WATCH_SECONDS)}
        with self._client.stream(self._path, {**parameters, "allowWatchBookmarks": "true"}) as lines:
            for line in lines:
                event: Json = json.loads(line)
                if event["type"] == "ERROR":
                    return ""
                version = event["object"]["metadata"]["resourceVersion"]
                self._take(event["type"], event["object"])
        return version

    def _take(self, change: str, item: Json) -> None:
        if change == "BOOKMARK":
            return
        with self._lock:
            if change == "DELETED":
                self._objects.pop(item["metadata"]["uid"], None)
            else:
                self._objects[item["metadata"]["uid"]] = {**self._type, **item}
