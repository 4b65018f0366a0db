"""What looks like a credential: by its form, or by the name that it goes by."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

_FORM = re.compile(
    r"\b(hf_[A-Za-z0-9]{16,}|nvapi-[\w-]{16,}|(AKIA|ASIA)[0-9A-Z]{16}|sk-[\w-]{16,}|gh[pousr]_\w{20,}|github_pat_\w{20,}"
    r"|glpat-[\w-]{16,}|xox[abpr]-[\w-]{10,}|AIza[\w-]{35}|pul-[0-9a-f]{30,}|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.)"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY|://[^/\s:@]+:[^/\s@$]+@"
)
"""What opens a door: keys of Hugging Face, NVIDIA, AWS, OpenAI, GitHub, GitLab, Slack, Google and Pulumi, signed
tokens, private keys, and passwords within addresses."""

_VARIABLE = re.compile(r"(^|_)(TOKEN|API_?KEY|ACCESS_KEY|SECRET|SECRET_KEY|PASSWORD|PASSWD|PRIVATE_KEY)$")

_KEY = re.compile(r"(^|[a-z_-])(password|passwd|token|api_?key|secret_?key|access_?key|private_?key)$", re.IGNORECASE)
"""Keys of charts' values; those that name a Secret or a key of one end otherwise."""


def is_credential(text: str) -> bool:
    """Whether a text has the form of a credential."""
    return bool(_FORM.search(text))


def names_credential(variable: str) -> bool:
    """Whether a variable is called what credentials are called."""
    return bool(_VARIABLE.search(variable))


def credentials_in(value: Any, path: str = "") -> Iterator[str]:
    """Yield the paths below which a credential stands in clear text."""
    if isinstance(value, Mapping):
        for key, member in cast("Mapping[str, Any]", value).items():
            yield from credentials_in(member, f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(cast("list[Any]", value)):
            yield from credentials_in(item, f"{path}.{index}")
    elif isinstance(value, str) and value and (is_credential(value) or _KEY.search(path.rpartition(".")[2])):
        yield path
