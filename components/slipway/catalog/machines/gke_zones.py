"""Zones of Google Cloud's GPU machines, by family.

Source: skypilot-org/skypilot-catalog:catalogs/v9/gcp/vms.csv@2c3d7ea7d7, made from Compute Engine's list of machine
types; of G2 the zones of its L4.
"""

_LETTERS = (
    # G2, A2_HIGH, A2_ULTRA, A3_HIGH, A3_MEGA, A3_ULTRA, A4
    ("asia-east1", "abc", "", "", "c", "c", "", ""),
    ("asia-northeast1", "abc", "ac", "", "b", "b", "", "b"),
    ("asia-northeast3", "ab", "ab", "", "", "", "", ""),
    ("asia-south1", "abc", "", "", "c", "", "b", ""),
    ("asia-south2", "", "", "", "b", "", "c", ""),
    ("asia-southeast1", "abc", "abc", "c", "bc", "bc", "", "b"),
    ("australia-southeast1", "", "", "", "c", "c", "", ""),
    ("europe-north1", "", "", "", "c", "c", "", "bc"),
    ("europe-west1", "bc", "", "", "bc", "bc", "b", ""),
    ("europe-west2", "ab", "", "", "", "", "", ""),
    ("europe-west3", "ab", "", "", "c", "c", "", ""),
    ("europe-west4", "abc", "ab", "a", "bc", "bc", "a", "b"),
    ("europe-west6", "bc", "", "", "", "", "", ""),
    ("europe-west9", "", "", "", "c", "", "", ""),
    ("me-central2", "ac", "", "", "", "", "", ""),
    ("me-west1", "", "ac", "", "", "", "", ""),
    ("northamerica-northeast1", "bc", "", "", "", "", "", ""),
    ("northamerica-northeast2", "ab", "", "", "", "", "", ""),
    ("us-central1", "abc", "abcf", "ac", "abc", "abc", "b", "b"),
    ("us-east1", "bcd", "b", "", "", "", "", "b"),
    ("us-east4", "ac", "", "c", "abc", "abc", "b", "b"),
    ("us-east5", "", "", "ab", "a", "a", "a", ""),
    ("us-south1", "", "", "", "", "", "b", "b"),
    ("us-west1", "abc", "b", "", "ab", "ab", "c", ""),
    ("us-west2", "", "", "", "", "", "", "c"),
    ("us-west3", "", "b", "", "", "", "", "bc"),
    ("us-west4", "ac", "b", "", "a", "a", "", ""),
)
"""The letters of each region's zones, by family."""

G2, A2_HIGH, A2_ULTRA, A3_HIGH, A3_MEGA, A3_ULTRA, A4 = (
    tuple(f"{row[0]}-{letter}" for row in _LETTERS for letter in row[family]) for family in range(1, 8)
)
