"""Ids are found as exact text, whatever their length, script or odd characters."""

import numpy as np
import pytest

from evaluator import columns

IDS = ["ab", "abcd", "é", "007", "7"]


@pytest.mark.parametrize("one", IDS)
def test_a_known_id_is_found_in_its_place(one):
    ordered, rows = columns.ranked(IDS)
    assert columns.lookup(ordered, [one]).tolist() == [rows[IDS.index(one)]]
    assert ordered[columns.lookup(ordered, [one])[0]].decode() == one


@pytest.mark.parametrize(
    "stranger", ["", "ab\0", "ab\0\0", "\0", "abcde", "abc", "AB", "e", "é\0", "\ud800", "ab" * 999]
)
def test_a_stranger_is_not_found_alone_or_in_company(stranger):
    ordered, _ = columns.ranked(IDS)
    assert columns.lookup(ordered, [stranger]).tolist() == [-1]
    found = columns.lookup(ordered, ["ab", stranger, "é"]).tolist()
    assert (found[0] >= 0, found[1], found[2] >= 0) == (True, -1, True)


def test_nothing_is_found_among_nothing():
    empty, _ = columns.ranked([])
    assert columns.lookup(empty, ["a"]).tolist() == [-1]
    assert columns.lookup(columns.ranked(IDS)[0], []).tolist() == []


def test_ranges_are_expanded_in_order():
    owner, row = columns.expand(np.array([5, 0, 9]), np.array([2, 0, 1]))
    assert owner.tolist() == [0, 0, 2]
    assert row.tolist() == [5, 6, 9]
    assert columns.starts(np.array([2, 0, 1])).tolist() == [0, 2, 2, 3]
