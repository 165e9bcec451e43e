"""Which clips are private: by the file's word, or else by seed and hash."""

import hashlib

import pytest

from evaluator import splits


def bare(truth):
    for clip in truth["clips"].values():
        clip.pop("split", None)
    return truth


def in_b(truth):
    rows = zip(truth.unit_id.tolist(), truth.unit_split.tolist(), strict=True)
    return {clip.decode() for clip, split in rows if split}


@pytest.mark.parametrize(("seed", "share"), [("s", 0.5), ("t", 0.5), ("s", 0.25), ("s", 0.0)])
def test_seed_and_share_split_by_the_ids_hash(compile_to, truth_json, seed, share):
    truth = compile_to(bare(truth_json), split_seed=seed, private_share=share)
    expected = {
        clip
        for clip in truth_json["clips"]
        if int(hashlib.sha256(f"{seed}:{clip}".encode()).hexdigest(), 16) < share * 2**256
    }
    assert in_b(truth) == expected
    assert truth.splits == (("A", "B") if expected else ("A",))


def test_one_explicit_split_makes_the_files_word_final(compile_to, truth_json):
    bare(truth_json)["clips"]["000002"]["split"] = "B"
    assert in_b(compile_to(truth_json, split_seed="s", private_share=0.9)) == {"000002"}


def test_a_truth_that_says_nothing_is_all_public(compile_to, truth_json):
    truth = compile_to(bare(truth_json))
    assert truth.splits == ("A",)
    assert in_b(truth) == set()


def test_the_share_is_met_over_many_ids():
    found = splits.assign(
        [f"{n:06d}" for n in range(20_000)], [None] * 20_000, seed="s", private_share=0.3
    )
    assert abs(found.mean() - 0.3) < 0.01
