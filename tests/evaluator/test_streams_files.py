"""What makes a submission or a truth of streams unusable, each with the message that names it."""

import json

import pytest

from evaluator import InvalidSubmission, InvalidTruth
from tests.evaluator.conftest import pair, segment


def problems(read, content):
    with pytest.raises(InvalidSubmission) as caught:
        read(content)
    return [str(problem) for problem in caught.value.problems]


TIME = "must be a whole number of frames from 0 on"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("{}", "the submission is empty; predict at least one stream"),
        ({"S1": []}, "the submission is empty; predict at least one stream"),
        ([], "must be a JSON object, not a list"),
        ({"S9": []}, "S9: no such stream in this phase; use the stream ids of its data"),
        ({"S1": {}}, "S1: must be a list of segments, not an object"),
        ({"S1": None}, "S1: must be a list of segments, not null"),
        ({"S1": [segment(), 3]}, "S1[1]: must be an object with item_id, start, end, frame_index,"),
        ({"S1": [segment(start=200)]}, "S1[0]: end must be greater than start, 200 is not"),
        ({"S1": [segment(end=1001)]}, "S1[0].end: lies outside the stream, which has 1,000 frames"),
        ({"S1": [segment(start=-1)]}, f"S1[0].start: {TIME}, not -1"),
        ({"S1": [segment(start="5")]}, f'S1[0].start: {TIME}, not "5"'),
        ({"S1": [segment(end=150.0)]}, f"S1[0].end: {TIME}, not 150.0"),
        ({"S1": [segment(end=2**70)]}, f"S1[0].end: {TIME}, not 1180591620717411303"),
        ({"S1": [segment(end=True)]}, f"S1[0].end: {TIME}, not true or false"),
        ({"S1": [segment(pairs=[pair()] * 101)]}, "S1[0].result: holds 101 pairs; give at most"),
        ({"S1": [segment(item=5)]}, "S1[0].item_id: must be a string in double quotes, not a"),
        ('{"S1": [', "S1: not JSON"),
        ('{"S1": [1 2]}', "S1: not JSON: Expecting ',' or ']'"),
        ('{"S1": [],}', "not JSON: Expecting a key in double quotes"),
        ('{"S1": [], "S1": []}', "S1: this stream is given twice; keep one"),
    ],
)
def test_a_fault_is_named_by_its_path(read_streams, content, expected):
    found = problems(read_streams, content)
    assert [one[: len(expected)] for one in found][-1] == expected


def test_a_repeated_key_of_a_segment_is_named(read_streams):
    text = json.dumps({"S1": [segment()]}).replace('"start": 100', '"start": 100, "start": 100')
    assert problems(read_streams, text) == ["S1[0].start: this key is given twice; keep one"]


def test_every_problem_of_a_file_is_named_at_once(read_streams):
    found = problems(read_streams, {"S1": [segment(item=1), segment(end=0)], "S8": [], "S9": 1})
    assert len(found) == 5


def test_unknown_keys_items_and_images_are_warnings(read_streams):
    odd = {**segment("none"), "score": 1}
    submission = read_streams({"S2": [], "S1": [segment(pairs=[pair("7")]), odd]})
    assert submission.predictions == 2
    assert [warning.split(" (")[1] for warning in submission.warnings] == [
        'first: S1[0].result[0].img_name, "7")',
        "first: S1[1].score)",
        'first: S1[1].item_id, "none")',
    ]


def test_any_number_of_segments_may_be_given(read_streams):
    many = [segment("none", number, number + 1, 0, []) for number in range(900)] * 20
    assert read_streams({"S1": many}).predictions == 18_000
    odd = {**segment(), "note": "read carefully"}
    assert read_streams({"S1": [*many, odd]}).predictions == 18_001


def test_a_file_is_checked_by_the_ids_of_streams_alone(streams):
    import io

    content = json.dumps({"S1": [segment(end=5000)]}).encode()
    assert streams.validate(io.BytesIO(content), ["S1", "S2"]).predictions == 1
    with pytest.raises(InvalidSubmission, match="S1: no such stream"):
        streams.validate(io.BytesIO(content), ["S2"])


def refusal(streams, tmp_path, content):
    (tmp_path / "t.json").write_text(json.dumps(content))
    with pytest.raises(InvalidTruth) as caught:
        streams.compile_truth(tmp_path / "t.json", tmp_path / "out")
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("S1", "frame_count"), 0, "frame_count: must be a whole number from 1 to 2,147,483,648"),
        (("S1", "frame_count"), 850, "frames.900: lies outside the stream, which has 850 frames"),
        (("S1", "frame_count"), 799, "segments[3].end: lies outside the stream, which has 799"),
        (("S1", "fps"), 0, "fps: must be a number of frames a second, above 0"),
        (("S1", "fps"), "25", "fps: must be a number of frames a second, above 0"),
        (("S1", "segments"), {}, "segments: must be a list of segments; [] if there is none"),
        (("S1", "segments", 0), 1, "segments[0]: must be an object, not a number"),
        (("S1", "segments", 0, "end"), 100, "segments[0]: end must be greater than start"),
        (("S1", "segments", 0, "start"), -1, "segments[0].start: must be a whole number from 0"),
        (("S1", "segments", 0, "item_id"), "7", "segments[0].item_id: no item 7 is defined"),
        (
            ("S1", "segments", 2, "start"),
            199,
            "segments[2]: overlaps segments[0], which is of the same item 000001; make them one",
        ),
        (
            ("S1", "frames", "320", 0, "instance_id"),
            101,
            ": frame 320 shows instance 101, which no image of the segment's item shows",
        ),
        (("S1", "split"), "C", 'split: must be "A" or "B"'),
        (("S1", "frames"), [], "frames: must be an object of frame numbers; {} if there is none"),
        (("S1",), [], ": must be an object, not a list"),
    ],
)
def test_an_inconsistent_truth_is_refused(streams, tmp_path, streams_json, path, value, expected):
    place = streams_json["streams"]
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    at = "streams.S1" + ("" if expected.startswith(":") else ".")
    assert any(one.startswith(at + expected) for one in refusal(streams, tmp_path, streams_json))


def test_a_truths_problems_of_form_and_of_sense_are_named_at_once(streams, tmp_path, streams_json):
    streams_json["streams"]["S1"]["segments"][1]["item_id"] = "7"
    streams_json["streams"]["S1"]["segments"][2]["start"] = 150
    streams_json["streams"]["S1"]["frames"]["120"][0]["box"] = [1, 1, 1, 2]
    streams_json["streams"]["S1"]["frame_count"] = 890
    found = refusal(streams, tmp_path, streams_json)
    assert len(found) == 4
    assert sum("defined" in one or "overlaps" in one or "outside" in one for one in found) == 3


def test_the_same_truth_gives_the_same_bytes_in_any_order(
    compile_streams, streams_json, streams_truth
):
    streams_json["streams"]["S1"]["segments"].reverse()
    streams_json["streams"] = dict(reversed(streams_json["streams"].items()))
    assert compile_streams(streams_json, "again").digest == streams_truth.digest
    assert streams_truth.manifest.counts["streams"] == 2
    assert streams_truth.manifest.counts["products"] == 3


def test_a_truth_of_another_task_is_refused(streams, clips, streams_truth, tmp_path):
    with pytest.raises(InvalidTruth, match="this truth is of task 'streams'"):
        clips.open_truth(tmp_path / "streams")
