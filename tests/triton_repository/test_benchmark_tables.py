"""The article's two tables."""

from slipway.triton_repository.clients.benchmark import Measurement, tables

ARTICLE = [
    Measurement("HF", 1, 0, 9.79, 103.8),
    Measurement("HF", 2, 0, 6.72, 104.2),
    Measurement("HF", 1, 1, 9.79, 103.8),
    Measurement("HF", 1, 8, 17.07, 1135),
    Measurement("vLLM", 1, 1, 2.06, 103),
    Measurement("vLLM", 1, 8, 3.12, 1132.6),
]


def test_the_articles_measurements_make_its_tables() -> None:
    assert tables(ARTICLE).splitlines() == [
        "|  | 1 instance, HF | 2 instances, HF |",
        "| --- | --: | --: |",
        "| run, s | 9.79 | 6.72 |",
        "| throughput, tokens/s | 10.6 | 15.5 |",
        "",
        "|  | batch 1, HF | batch 1, vLLM | batch 8, HF | batch 8, vLLM |",
        "| --- | --: | --: | --: | --: |",
        "| run, s | 9.79 | 2.06 | 17.07 | 3.12 |",
        "| throughput, tokens/s | 10.6 | 50.0 | 66.5 | 363.0 |",
    ]


def test_a_kind_that_is_measured_again_has_its_last_numbers() -> None:
    again = Measurement("HF", 1, 8, 10.0, 1000)
    assert "| 100.0 |" in tables([*ARTICLE, again])
    assert "66.5" not in tables([*ARTICLE, again])


def test_batches_of_several_instances_are_no_column_of_their_own() -> None:
    assert tables([Measurement("HF", 2, 8, 1.0, 1.0)]) == ""
