"""Outcomes, slices and bootstrap intervals: the report beside the score."""

import io
import json

import numpy as np
import pytest

from evaluator import bootstrap, demo
from evaluator.products.outcomes import CORRECT_AT, OUTCOMES, TALLIES
from tests.evaluator.conftest import BOX, pair, predict, segment


def test_slices_count_the_outcomes_of_clips_that_show_a_value(
    clips, compile_to, truth_json, tmp_path
):
    frames = truth_json["clips"]["000001"]["frames"]
    frames["40"][0].update(label="coat", viewpoint=2, display=0)
    frames["20"][1].update(label="skirt", viewpoint=1)
    truth_json["clips"]["000002"]["frames"]["20"][0].update(label="coat", viewpoint=2)
    truth = compile_to(truth_json, "sliced")
    content = json.dumps({"000001": predict(), "000002": predict("000001")}).encode()
    submission = clips.read_submission(io.BytesIO(content), truth)
    splits = clips.evaluate(truth, submission, clips.settings({})).splits
    nothing = dict.fromkeys(OUTCOMES, 0)
    correct, wrong = {**nothing, "correct": 1}, {**nothing, "wrong_item": 1}
    assert splits["A"].slices == {
        "label": {"coat": correct, "skirt": correct},
        "viewpoint": {"1": correct, "2": correct},
        "display": {"0": correct},
    }
    assert splits["B"].slices == {"label": {"coat": wrong}, "viewpoint": {"2": wrong}}


def test_a_garment_that_is_no_piece_of_the_product_slices_nothing(evaluate, truth):
    assert evaluate({"000001": predict()}).splits["A"].slices == {
        "label": {"coat": {**dict.fromkeys(OUTCOMES, 0), "correct": 1}}
    }
    assert truth.slice_name.tolist() == [b"label=coat"]


def test_slices_of_streams_are_of_the_frames_inside_a_segment(evaluate_streams):
    found = evaluate_streams({"S1": [segment()]}).splits["A"].slices
    assert {kind: list(values) for kind, values in found.items()} == {
        "label": ["coat"],
        "viewpoint": ["2"],
        "display": ["1"],
    }
    assert found["label"]["coat"]["correct"] == 1
    assert found["viewpoint"]["2"]["not_found"] == 1
    assert found["display"]["1"]["rightly_silent"] == 1


def test_only_the_commonest_values_are_sliced(clips, compile_to, truth_json):
    boxes = [
        {"instance_id": 101, "box": BOX, "viewpoint": number, "label": f"label {number}"}
        for number in range(150)
    ]
    truth_json["clips"]["000001"]["frames"]["40"] = boxes
    assert len(compile_to(truth_json, "many").slice_name) == 200


def test_outcomes_add_up_to_the_levels(evaluate):
    found = evaluate({"000001": predict(), "000002": predict(), "000003": predict()})
    for split in found.splits.values():
        counts = np.array(list(split.outcomes.values()))
        predicted, expected, *correct = (counts @ TALLIES).tolist()
        assert [(level.tp, level.fp, level.fn) for level in split.levels] == [
            (right, predicted - right, expected - right) for right in correct
        ]
    assert list(CORRECT_AT) == ["clip", "frame", "box"]


@pytest.fixture(scope="module")
def made(tmp_path_factory, clips):
    """A demo contest of 300 clips, and one evaluation of it."""
    folder = tmp_path_factory.mktemp("made")
    truth = demo.make_truth(clips=300, missing_share=0.1, private_share=0.3, seed=5)
    (folder / "truth.json").write_text(json.dumps(truth))
    clips.compile_truth(folder / "truth.json", folder / "truth")
    opened = clips.open_truth(folder / "truth")
    run = json.dumps(demo.make_predictions(truth, seed=5)).encode()

    def evaluate(**options):
        submission = clips.read_submission(io.BytesIO(run), opened)
        return clips.evaluate(opened, submission, clips.settings(options))

    return evaluate


def test_intervals_hold_the_score_and_are_always_the_same(made):
    first, second = made(), made()
    for name, split in first.splits.items():
        assert split.intervals == second.splits[name].intervals
        assert set(split.intervals) == {"score", "clip", "frame", "box"}
        values = {"score": split.score} | {level.name: level.f1 for level in split.levels}
        for key, (low, high) in split.intervals.items():
            assert low < values[key] < high
            assert high - low < 0.3


def test_an_interval_is_what_plain_resampling_gives():
    """The multinomial of outcomes is the resampling of clips: compare their distributions."""
    counts = np.array([50, 10, 15, 10, 5, 8, 2])
    found = bootstrap.intervals(TALLIES, counts, ("clip", "frame", "box"), WEIGHTS)
    outcomes = np.repeat(np.arange(7), counts)
    random = np.random.default_rng(1)
    plain = []
    for _ in range(4000):
        made, exist, *right = TALLIES[random.choice(outcomes, len(outcomes))].sum(axis=0)
        f1s = [2 * one / (made + exist) for one in right]
        plain.append(sum(w * f1 for w, f1 in zip(WEIGHTS.values(), f1s, strict=True)))
    low, high = np.quantile(plain, [0.025, 0.975])
    assert list(found["score"]) == pytest.approx([low, high], abs=0.015)


WEIGHTS = {"clip": 0.2, "frame": 0.6, "box": 0.2}


def test_many_kinds_of_units_are_drawn_in_bounded_steps(monkeypatch):
    tallies = np.arange(60, dtype=np.int64).reshape(12, 5)
    kinds, times = bootstrap.kinds(np.repeat(tallies, 3, axis=0))
    whole = bootstrap.resampled(kinds, times)
    assert whole.shape == (1000, 5)
    assert times.tolist() == [3] * 12
    monkeypatch.setattr(bootstrap, "CELLS", 600)
    assert np.array_equal(bootstrap.resampled(kinds, times), whole)


def test_a_perfect_and_an_empty_result_have_intervals_of_no_width(evaluate):
    split = evaluate({"000002": predict("000002", 20, [pair("0", [0, 0, 50, 50], [0, 0, 50, 50])])})
    assert split.splits["B"].intervals["score"] == (1.0, 1.0)
    assert split.splits["A"].intervals["score"] == (0.0, 0.0)


def test_single_outcomes_are_shown_only_where_feedback_is_full(evaluate):
    content = {"000001": predict(), "000003": predict()}
    assert "units" not in evaluate(content).as_dict()
    found = json.loads(json.dumps(evaluate(content, feedback="full").as_dict()))
    assert found["units"] == {
        "000001": "correct",
        "000002": "not_found",
        "000003": "false_alarm",
        "000004": "not_found",
    }


def test_feedback_changes_no_score_and_not_the_digest(clips, streams):
    assert clips.settings({"feedback": "full"}).digest == clips.settings({}).digest
    assert clips.settings({"feedback": "full"}) != clips.settings({})
    assert streams.settings({"theta": 0.6}).digest != streams.settings({}).digest
    assert streams.settings({}).as_dict()["theta"] == 0.5
    assert streams.settings({}).digest != clips.settings({}).digest


def test_every_option_stands_in_the_settings_where_it_says(clips, streams):
    for task in (clips, streams):
        found = task.settings({}).as_dict()
        for option in task.options:
            value = found
            for part in option.path:
                value = value[part]
            assert value == option.default
            assert not option.choices or value in option.choices
