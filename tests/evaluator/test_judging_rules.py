"""One clip at a time: when is it right at which level."""

import io
import json

import pytest

from tests.evaluator.conftest import BOX, OTHER, pair, predict


def test_all_instances_named_and_placed_is_correct(outcome_of):
    assert outcome_of(predict()) == "correct"


def test_another_item_is_wrong(outcome_of):
    assert outcome_of(predict("000002")) == "wrong_item"


def test_an_item_outside_the_gallery_is_wrong(outcome_of):
    assert outcome_of(predict("777777")) == "wrong_item"


def test_naming_a_product_where_there_is_none_is_a_false_alarm(outcome_of):
    assert outcome_of(predict(), clip="000003") == "false_alarm"


def test_silence_on_a_missing_product_is_right(outcome_of):
    assert outcome_of(None, clip="000003") == "rightly_silent"


def test_silence_on_a_product_is_not_found(outcome_of):
    assert outcome_of(None) == "not_found"


@pytest.mark.parametrize("frame", [0, 60, 2**31 - 1])
def test_a_frame_without_the_product_is_missed(outcome_of, frame):
    assert outcome_of(predict(frame=frame)) == "frame_missed"


def test_an_unnamed_instance_misses_the_frame(outcome_of):
    assert outcome_of(predict(pairs=[pair("1")])) == "frame_missed"


def test_any_named_instance_is_enough_where_the_rule_says_any(outcome_of):
    only_one = predict(pairs=[pair("1")])
    assert outcome_of(only_one, frame_rule="any") == "box_missed"
    assert outcome_of(only_one, frame_rule="any", box_rule="any") == "correct"


def test_no_pair_names_nothing_and_the_prediction_still_counts(evaluate):
    level = evaluate({"000001": predict(pairs=[])}).splits["A"].levels[0]
    assert (level.tp, level.fp) == (1, 0)
    assert evaluate({"000001": predict(pairs=[])}).splits["A"].outcomes["frame_missed"] == 1


def test_one_pair_names_all_the_instances_that_its_image_shows(outcome_of):
    assert outcome_of(predict(pairs=[pair("0", [0, 0, 1, 1])])) == "box_missed"


def test_an_image_that_shows_the_instance_as_other_garment_names_nothing(outcome_of):
    assert outcome_of(predict(frame=40, pairs=[pair("2")])) == "frame_missed"


@pytest.mark.parametrize("name", ["1", "1.jpg"])
def test_an_image_is_named_with_or_without_jpg(outcome_of, name):
    assert outcome_of(predict(frame=40, pairs=[pair(name)])) == "correct"


def test_any_box_of_the_instance_in_its_image_will_do(outcome_of):
    assert outcome_of(predict(frame=40, pairs=[pair("1", [400, 400, 500, 500])])) == "correct"


def test_both_boxes_must_come_from_one_pair(outcome_of):
    split = [pair(frame_box=OTHER), pair(item_box=[600, 600, 700, 700])]
    assert outcome_of(predict(frame=40, pairs=split)) == "box_missed"


def test_an_iou_of_exactly_tau_is_not_enough(outcome_of):
    half = [0, 0, 100, 50]
    assert outcome_of(predict(frame=40, pairs=[pair(item_box=half)])) == "box_missed"
    assert outcome_of(predict(frame=40, pairs=[pair(item_box=[0, 0, 100, 50.001])])) == "correct"


def test_tau_is_the_phases(outcome_of):
    near = predict(frame=40, pairs=[pair(item_box=[0, 0, 100, 80])])
    assert outcome_of(near) == "correct"
    assert outcome_of(near, tau=0.8) == "box_missed"


def test_only_the_item_box_is_tested_where_the_phase_says_so(outcome_of):
    wrong_frame_box = predict(frame=40, pairs=[pair(frame_box=OTHER)])
    assert outcome_of(wrong_frame_box) == "box_missed"
    assert outcome_of(wrong_frame_box, box_sides="item") == "correct"


def test_every_box_that_a_frame_gives_an_instance_must_be_overlapped(compile_to, clips, truth_json):
    """As expected.json counts it; under the rule "any", one annotated box is enough."""
    frames = truth_json["clips"]["000001"]["frames"]
    frames["40"].append({"instance_id": 101, "box": OTHER})
    truth = compile_to(truth_json, "twice")

    def correct(pairs, **options):
        content = json.dumps({"000001": predict(frame=40, pairs=pairs)}).encode()
        submission = clips.read_submission(io.BytesIO(content), truth)
        found = clips.evaluate(truth, submission, clips.settings(options))
        return found.splits["A"].outcomes["correct"]

    assert correct([pair()]) == 0
    assert correct([pair(), pair(frame_box=OTHER)]) == 1
    assert correct([pair()], box_rule="any") == 1
    assert correct([pair(item_box=[600, 600, 700, 700])], box_rule="any") == 0
    assert correct([pair()], box_sides="item") == 1


@pytest.mark.parametrize("frame", ["20", "0020", 20])
def test_a_frame_number_may_be_a_string_of_digits(outcome_of, frame):
    assert outcome_of(predict(frame=frame)) == "correct"


def test_float_boxes_are_as_good_as_integers(outcome_of):
    exact = [float(number) for number in BOX]
    assert outcome_of(predict(frame=40, pairs=[pair("0", exact, exact)])) == "correct"


def test_splits_are_scored_as_if_the_other_did_not_exist(evaluate):
    b = predict("000002", 20, [pair("0", [0, 0, 50, 50], [0, 0, 50, 50])])
    both = evaluate({"000001": predict(), "000002": b, "000003": predict()}).splits
    only_a = evaluate({"000001": predict(), "000003": predict()}).splits
    assert both["A"] == only_a["A"]
    assert both["B"].score == pytest.approx(1.0)
    assert only_a["B"].score == 0.0
    assert [(level.tp, level.fp, level.fn) for level in both["A"].levels] == [(1, 1, 1)] * 3


def test_a_result_is_json_able_and_says_what_it_is_of(clips, truth, evaluate):
    found = json.loads(json.dumps(evaluate({"000001": predict()}).as_dict()))
    assert found["task"] == "clips"
    assert found["truth"] == truth.digest
    assert found["predictions"] == 1
    assert list(found["splits"]["A"]["levels"]) == list(clips.levels)
    assert list(found["splits"]["A"]["outcomes"]) == list(clips.outcomes)


def test_a_submission_read_against_another_truth_is_not_judged(clips, compile_to, truth_json, read):
    submission = read({"000001": predict()})
    truth_json["clips"]["000004"]["split"] = "B"
    other = compile_to(truth_json, "other")
    with pytest.raises(ValueError, match="another truth; read it again"):
        clips.evaluate(other, submission, clips.settings({}))
