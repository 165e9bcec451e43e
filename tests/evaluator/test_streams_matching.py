"""Streams: which predicted segment matches which true one, and what it is worth."""

import pytest

from tests.evaluator.conftest import OTHER, pair, segment


@pytest.fixture
def outcomes_of(streams, evaluate_streams):
    """Return the outcomes of stream S1's segments, in time's order, for some predictions."""

    def outcomes_of(*predictions, **options):
        found = evaluate_streams({"S1": list(predictions)}, **options)
        return [streams.outcomes[number] for number in found.unit_outcomes]

    return outcomes_of


def test_a_segment_of_the_right_item_and_time_is_correct(outcomes_of):
    assert outcomes_of(segment()) == ["correct", "not_found", "not_found", "rightly_silent"]


def test_a_temporal_iou_of_exactly_theta_is_not_enough(outcomes_of):
    assert outcomes_of(segment(start=100, end=150))[0] == "not_found"
    assert outcomes_of(segment(start=100, end=151))[0] == "correct"
    assert outcomes_of(segment(start=100, end=300))[0] == "not_found"
    assert outcomes_of(segment(start=50, end=249))[0] == "correct"


def test_theta_is_the_phases(outcomes_of):
    assert outcomes_of(segment(end=190), theta=0.9)[0] == "not_found"
    assert outcomes_of(segment(end=191), theta=0.9)[0] == "correct"


def test_a_true_segment_takes_the_best_overlapping_prediction(outcomes_of, evaluate_streams):
    worse = segment(end=180, pairs=[pair(item_box=OTHER)])
    assert outcomes_of(worse, segment())[0] == "correct"
    assert outcomes_of(segment(), worse)[0] == "correct"
    split = evaluate_streams({"S1": [segment(), worse]}).splits["A"]
    assert (split.levels[0].tp, split.levels[0].fp, split.levels[0].fn) == (1, 1, 2)
    assert split.outcomes["false_alarm"] == 1


def test_on_a_tie_the_earlier_in_the_file_is_taken(outcomes_of):
    late, early = segment(start=110), segment(end=190, pairs=[pair(item_box=OTHER)])
    assert outcomes_of(late, early)[0] == "correct"
    assert outcomes_of(early, late)[0] == "box_missed"


def test_the_frame_must_lie_inside_the_true_segment(outcomes_of):
    outside = segment("000001", 505, 600, 900)
    assert outcomes_of(outside)[2] == "frame_missed"
    assert outcomes_of(segment(frame=199))[0] == "frame_missed"
    assert outcomes_of(segment(frame="0120"))[0] == "correct"


def test_boxes_are_judged_as_in_clips(outcomes_of):
    assert outcomes_of(segment(pairs=[pair(frame_box=OTHER)]))[0] == "box_missed"
    assert outcomes_of(segment(pairs=[pair(frame_box=OTHER)]), box_sides="item")[0] == "correct"
    assert outcomes_of(segment(pairs=[pair("2")]))[0] == "frame_missed"


def test_a_wrong_item_at_the_right_time_explains_the_loss(outcomes_of, evaluate_streams):
    assert outcomes_of(segment("000002"))[0] == "wrong_item"
    assert outcomes_of(segment("no such item"))[0] == "wrong_item"
    split = evaluate_streams({"S1": [segment("000002"), segment("000009", 0, 20)]}).splits["A"]
    assert (split.outcomes["wrong_item"], split.outcomes["false_alarm"]) == (1, 1)
    assert (split.levels[0].fp, split.levels[0].fn) == (2, 3)


def test_a_missing_products_segment_counts_for_nothing_but_a_false_alarm(
    outcomes_of, evaluate_streams
):
    assert outcomes_of(segment("000001", 700, 800, 700))[3] == "false_alarm"
    silent = evaluate_streams({"S1": [segment()]}).splits["A"]
    alarmed = evaluate_streams({"S1": [segment(), segment("000001", 700, 800, 700)]}).splits["A"]
    assert (silent.levels[0].fp, alarmed.levels[0].fp) == (0, 1)
    assert silent.levels[0].fn == alarmed.levels[0].fn == 2


def test_segments_of_other_items_may_overlap_and_are_matched_apart(
    streams, compile_streams, streams_json
):
    import io
    import json

    streams_json["streams"]["S1"]["segments"][1].update(start=110, end=210)
    streams_json["streams"]["S1"]["frames"]["120"] = []
    truth = compile_streams(streams_json, "overlapping")
    content = json.dumps({"S1": [segment("000002", 110, 210), segment()]}).encode()
    submission = streams.read_submission(io.BytesIO(content), truth)
    found = streams.evaluate(truth, submission, streams.settings({}))
    assert [streams.outcomes[n] for n in found.unit_outcomes][:2] == ["frame_missed"] * 2


def test_the_figures_of_time_are_of_the_matches(evaluate_streams):
    found = evaluate_streams({"S1": [segment(start=125), segment("000002", 280, 400, 320)]})
    extras = found.splits["A"].extras
    assert extras["mean_temporal_iou"] == pytest.approx((75 / 100 + 100 / 120) / 2)
    assert extras["time_covered"] == pytest.approx(175 / 300)
    assert extras["mean_delay_seconds"] == pytest.approx(0.5)
    nothing = found.splits["B"].extras
    assert set(nothing.values()) == {None}


def test_streams_of_a_split_are_scored_apart(evaluate_streams):
    found = evaluate_streams({"S1": [segment()], "S2": [segment(end=50, start=0)]}).splits
    assert (found["A"].levels[0].tp, found["A"].levels[0].fp) == (1, 0)
    assert (found["B"].levels[0].tp, found["B"].levels[0].fp) == (0, 1)
    assert found["B"].score == 0.0
