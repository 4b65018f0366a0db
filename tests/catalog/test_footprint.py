"""What a replica takes of its host."""

import pytest

from slipway.catalog.footprint import LARGEST_FILE_GIB, file_cache_gib
from slipway.catalog.models import MODELS

LARGE = MODELS["meta-llama/Llama-3.3-70B-Instruct"]
SMALL = MODELS["meta-llama/Llama-3.2-1B-Instruct"]


def test_the_cache_holds_all_files_where_the_host_has_room() -> None:
    assert file_cache_gib(LARGE) == file_cache_gib(LARGE, 1000) == 139


@pytest.mark.parametrize(("left", "cache"), [(138.9, 138), (80.5, 80), (LARGEST_FILE_GIB, LARGEST_FILE_GIB)])
def test_a_fuller_host_gets_a_smaller_cache(left: float, cache: int) -> None:
    assert file_cache_gib(LARGE, left) == cache


@pytest.mark.parametrize("left", [9.9, 0, -5])
def test_a_cache_that_holds_no_file_is_none(left: float) -> None:
    assert file_cache_gib(LARGE, left) == 0


def test_a_small_model_needs_no_more_than_its_files() -> None:
    assert file_cache_gib(SMALL, 4) == file_cache_gib(SMALL) == 4
    assert file_cache_gib(SMALL, 3) == 0
