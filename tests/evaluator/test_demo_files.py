"""The made-up contest is the same on every run, quick, shaped like the real one, and valid."""

import hashlib
import io
import json

import pytest

from evaluator import demo


def digest(found):
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


def test_the_same_seed_gives_the_same_files_for_ever():
    truth = demo.make_truth(clips=50, missing_share=0.1, private_share=0.3, seed=7)
    run = demo.make_predictions(truth, seed=3, silence=0.1)
    assert digest(truth) == "70753b58e890afaecf3345601c1c87192343e48b9de259ebb067b2f2d2ecb1b1"
    assert digest(run) == "304c385ddfbd8a7ef45561635dfe5c1442be15b03274b1e5cd1c06c100534b73"
    assert digest(demo.make_truth(clips=50, seed=8)) != digest(demo.make_truth(clips=50, seed=7))


def test_the_shape_is_the_contests():
    truth = demo.make_truth(clips=400, missing_share=0.2, private_share=0.5, seed=1)
    assert len(truth["clips"]) == 400
    missing = [clip for clip, one in truth["clips"].items() if one["item_id"] is None]
    assert 40 < len(missing) < 120
    assert not set(missing) & set(truth["items"])
    assert len(truth["items"]) == 400 - len(missing) + int(400 * demo.DISTRACTORS)
    assert {one["split"] for one in truth["clips"].values()} == {"A", "B"}
    assert all(len(clip) == 6 and clip.isdigit() for clip in truth["clips"])
    frames = [frame for one in truth["clips"].values() for frame in one["frames"]]
    assert {int(frame) for frame in frames} == set(range(0, 401, 20))
    boxes = [box for one in truth["clips"].values() for f in one["frames"].values() for box in f]
    assert all(box["box"][2] <= 540 and box["box"][3] <= 960 for box in boxes)
    assert {box["instance_id"] == 0 for box in boxes} == {True, False}
    assert all(set(one["images"]) == set("012345") for one in truth["items"].values())


@pytest.fixture
def score_of(clips, compile_to):
    made = demo.make_truth(clips=600, missing_share=0.1, seed=2)
    truth = compile_to(made)

    def score_of(**accuracies):
        run = demo.make_predictions(made, **accuracies)
        submission = clips.read_submission(io.BytesIO(json.dumps(run).encode()), truth)
        assert submission.warnings == ()
        return clips.evaluate(truth, submission, clips.settings({})).splits["A"]

    return score_of


def test_accuracies_set_what_is_right_at_each_level(score_of):
    perfect = score_of(item_accuracy=1, frame_accuracy=1, box_accuracy=1).outcomes
    assert perfect["wrong_item"] == perfect["box_missed"] == perfect["not_found"] == 0
    assert perfect["false_alarm"] > 30
    assert perfect["frame_missed"] < 10  # clips none of whose frames shows the product
    assert score_of(item_accuracy=0).outcomes["wrong_item"] > 500
    assert score_of(item_accuracy=1, frame_accuracy=0).levels[1].tp == 0
    assert score_of(item_accuracy=1, frame_accuracy=1, box_accuracy=0).levels[2].tp == 0
    assert score_of(silence=0.5).outcomes["not_found"] > 200


def test_files_look_like_those_that_teams_really_wrote():
    truth = demo.make_truth(clips=200, seed=2)
    runs = [demo.make_predictions(truth, seed=seed) for seed in range(8)]
    kinds = {type(one["frame_index"]) for run in runs for one in run.values()}
    assert kinds == {str, int}
    assert {len(one["result"]) for one in runs[0].values()} == {1, 2, 3}


def test_a_truth_that_the_contests_layout_can_not_say_is_refused(tmp_path):
    truth = demo.make_truth(clips=2, seed=2)
    first, second = truth["clips"]
    truth["clips"][first]["item_id"] = second
    with pytest.raises(ValueError, match="the contest's layout can't say so"):
        demo.make_native_zip(truth, tmp_path / "n.zip")


def test_more_clips_than_ids_are_refused():
    with pytest.raises(ValueError, match="fit in ids of six digits"):
        demo.make_truth(clips=500_000)


def test_streams_have_the_same_files_for_ever_and_the_contests_shape():
    truth = demo.make_streams_truth(streams=4, clips_per_stream=10, missing_share=0.2, seed=7)
    run = demo.make_streams_predictions(truth, seed=3)
    again = demo.make_streams_truth(streams=4, clips_per_stream=10, missing_share=0.2, seed=7)
    assert digest(again) == digest(truth)
    assert digest(demo.make_streams_predictions(again, seed=3)) == digest(run)
    for stream in truth["streams"].values():
        ends = [(one["start"], one["end"]) for one in stream["segments"]]
        assert ends == sorted(ends)
        assert all(0 <= start < end <= stream["frame_count"] for start, end in ends)
        assert max(map(int, stream["frames"])) < stream["frame_count"]


def test_accuracies_set_what_is_right_in_streams(streams, tmp_path):
    made = demo.make_streams_truth(streams=10, missing_share=0.1, private_share=0.3, seed=2)
    (tmp_path / "t.json").write_text(json.dumps(made))
    streams.compile_truth(tmp_path / "t.json", tmp_path / "t")
    truth = streams.open_truth(tmp_path / "t")

    def tps(**accuracies):
        run = demo.make_streams_predictions(made, **accuracies)
        submission = streams.read_submission(io.BytesIO(json.dumps(run).encode()), truth)
        assert submission.warnings == ()
        found = streams.evaluate(truth, submission, streams.settings({})).splits["A"]
        return [level.tp for level in found.levels], found.levels[0].fn

    perfect, missed = tps(item_accuracy=1, frame_accuracy=1, box_accuracy=1)
    assert missed == 0
    assert perfect[1] == perfect[2] > 0.95 * perfect[0] > 150
    assert tps(item_accuracy=0)[0] == [0, 0, 0]
    assert tps(item_accuracy=1, frame_accuracy=1, box_accuracy=0)[0][2] == 0
    assert tps(item_accuracy=1, silence=0.5)[1] > 50
