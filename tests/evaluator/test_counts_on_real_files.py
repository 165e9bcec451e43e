"""The three real runs against the three real truths give the expected counts, to the last one."""

import json

import pytest

from evaluator import tasks
from tests.evaluator import slow_scorer

RUNS = ("2020-03-10.json", "2020-03-16.json", "2020-03-23.json")
pytestmark = pytest.mark.wab


@pytest.mark.parametrize(
    ("task", "name", "suffix"),
    [
        ("clips", "truth.json", ""),
        ("clips", "truth-semifinal.json", ""),
        ("streams", "truth-final.json", "-final"),
    ],
)
def test_counts_and_scores_equal_the_expected_ones_exactly(wab, tmp_path, task, name, suffix):
    expected = json.loads((wab / "expected.json").read_text())
    kind = tasks.get(task)
    kind.compile_truth(wab / name, tmp_path / "truth")
    truth = kind.open_truth(tmp_path / "truth", verify=True)
    for run in (one.replace(".json", f"{suffix}.json") for one in RUNS):
        submission = kind.read_submission(wab / "runs" / run, truth)
        found = kind.evaluate(truth, submission, kind.settings({})).splits
        levels = {level.name: level.as_dict() for level in found["A"].levels}
        assert {**levels, "score": found["A"].score} == expected[f"{name} {run}"]
        assert list(found) == ["A"]


def test_the_slow_scorer_agrees_on_a_real_run_and_the_literal_reading_does_not(wab):
    """EVALUATION.md's "any of them will do" for a frame's boxes contradicts expected.json."""
    expected = json.loads((wab / "expected.json").read_text())["truth.json 2020-03-23.json"]
    truth = json.loads((wab / "truth.json").read_text())
    run = json.loads((wab / "runs" / "2020-03-23.json").read_text())
    found = slow_scorer.score(truth, run, {}, "A")
    assert found["levels"]["box"] == expected["box"]
    assert found["score"] == expected["score"]
    literal = slow_scorer.score(truth, run, {}, "A", literal=True)
    assert (expected["box"]["tp"], literal["levels"]["box"]["tp"]) == (6995, 7086)


def test_the_contests_own_zip_compiles_and_clips_without_item_are_missing_products(
    wab, clips, tmp_path
):
    manifest = clips.compile_truth(wab / "truth-native.zip", tmp_path / "truth")
    assert manifest.counts["clips"] == 10_000
    assert manifest.counts["products"] == manifest.counts["items"] == 8137
    assert manifest.counts["images"] == 26_860
    truth = clips.open_truth(tmp_path / "truth")
    submission = clips.read_submission(wab / "runs" / RUNS[2], truth)
    split = clips.evaluate(truth, submission, clips.settings({})).splits["A"]
    assert [level.tp for level in split.levels] == [7309, 7088, 6995]
    assert split.outcomes["false_alarm"] == 10_000 - 8137


def test_the_slow_scorer_agrees_on_a_real_run_of_streams(wab):
    name = "truth-final.json 2020-03-23-final.json"
    expected = json.loads((wab / "expected.json").read_text())[name]
    truth = json.loads((wab / "truth-final.json").read_text())
    run = json.loads((wab / "runs" / "2020-03-23-final.json").read_text())
    found = slow_scorer.score_streams(truth, run, {}, "A")
    assert {**found["levels"], "score": found["score"]} == expected
