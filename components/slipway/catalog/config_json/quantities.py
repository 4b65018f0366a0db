"""Whole numbers of a config.json; what is beyond describes no network, and would not be counted in reasonable time."""

from typing import Annotated

from pydantic import Field

Count = Annotated[int, Field(gt=0, le=10**9)]
Whole = Annotated[int, Field(ge=0, le=10**9)]
Layers = Annotated[int, Field(gt=0, le=1000)]
"""Counted one by one."""

MOST_SCALED = 10_000
"""No rotation is scaled by more."""
