"""Zones of Google Cloud's GPU machines, by family.

Source: skypilot-org/skypilot-catalog:catalogs/v9/gcp/vms.csv@2c3d7ea7d7, made from Compute Engine's list of machine
types; of G2 the zones of its L4.
"""


def _zones(**letters: str) -> tuple[str, ...]:
    """Return zones by the letters of each region, whose hyphens are written as underscores."""
    return tuple(f"{region.replace('_', '-')}-{letter}" for region, those in letters.items() for letter in those)


G2 = _zones(
    asia_east1="abc",
    asia_northeast1="abc",
    asia_northeast3="ab",
    asia_south1="abc",
    asia_southeast1="abc",
    europe_west1="bc",
    europe_west2="ab",
    europe_west3="ab",
    europe_west4="abc",
    europe_west6="bc",
    me_central2="ac",
    northamerica_northeast1="bc",
    northamerica_northeast2="ab",
    us_central1="abc",
    us_east1="bcd",
    us_east4="ac",
    us_west1="abc",
    us_west4="ac",
)
A2_HIGH = _zones(
    asia_northeast1="ac",
    asia_northeast3="ab",
    asia_southeast1="abc",
    europe_west4="ab",
    me_west1="ac",
    us_central1="abcf",
    us_east1="b",
    us_west1="b",
    us_west3="b",
    us_west4="b",
)
A2_ULTRA = _zones(
    asia_southeast1="c",
    europe_west4="a",
    us_central1="ac",
    us_east4="c",
    us_east5="ab",
)
A3_HIGH = _zones(
    asia_east1="c",
    asia_northeast1="b",
    asia_south1="c",
    asia_south2="b",
    asia_southeast1="bc",
    australia_southeast1="c",
    europe_north1="c",
    europe_west1="bc",
    europe_west3="c",
    europe_west4="bc",
    europe_west9="c",
    us_central1="abc",
    us_east4="abc",
    us_east5="a",
    us_west1="ab",
    us_west4="a",
)
A3_MEGA = _zones(
    asia_east1="c",
    asia_northeast1="b",
    asia_southeast1="bc",
    australia_southeast1="c",
    europe_north1="c",
    europe_west1="bc",
    europe_west3="c",
    europe_west4="bc",
    us_central1="abc",
    us_east4="abc",
    us_east5="a",
    us_west1="ab",
    us_west4="a",
)
A3_ULTRA = _zones(
    asia_south1="b",
    asia_south2="c",
    europe_west1="b",
    europe_west4="a",
    us_central1="b",
    us_east4="b",
    us_east5="a",
    us_south1="b",
    us_west1="c",
)
A4 = _zones(
    asia_northeast1="b",
    asia_southeast1="b",
    europe_north1="bc",
    europe_west4="b",
    us_central1="b",
    us_east1="b",
    us_east4="b",
    us_south1="b",
    us_west2="c",
    us_west3="bc",
)
