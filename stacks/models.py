"""The models that the servers of a stack may name."""

from collections.abc import Collection, Mapping
from functools import cached_property

from pydantic import Field

from slipway.catalog.architecture import Model
from slipway.catalog.models import MODELS
from slipway.checks import Finding
from slipway.checks.settings import Settings
from slipway.models import OwnModel, OwnModels, described


class KnowsModels(Settings):
    """A stack whose servers name models."""

    own_models: OwnModels = Field(default_factory=dict[str, OwnModel], alias="models")
    """Models that the catalog does not have, by their names on Hugging Face; they win over the catalog's."""

    @cached_property
    def models(self) -> Mapping[str, Model]:
        """The models that servers may name: the catalog's, and the stack's own as far as they can be read."""
        return {**MODELS, **{name: row for name, row in self._own.items() if isinstance(row, Model)}}

    @property
    def unreadable_models(self) -> Collection[str]:
        """The names of the stack's own models that cannot be read; each has a finding of its own."""
        return [name for name, row in self._own.items() if isinstance(row, Finding)]

    @property
    def own_model_findings(self) -> list[Finding]:
        """Say why models of the stack's own cannot be read."""
        return [row for row in self._own.values() if isinstance(row, Finding)]

    @cached_property
    def _own(self) -> Mapping[str, Model | Finding]:
        """Read once."""
        return described(self.own_models)
