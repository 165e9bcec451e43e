"""An inconsistent truth never compiles: every problem is named by its place."""

import json
import zipfile

import pytest

from evaluator import InvalidSettings, InvalidTruth

DELETE = object()


def refusal(clips, tmp_path, content, **options):
    source = tmp_path / "truth.json"
    source.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    with pytest.raises(InvalidTruth) as caught:
        clips.compile_truth(source, tmp_path / "out", **options)
    return [str(problem) for problem in caught.value.problems]


def put(truth, path, value):
    """Set, or delete, what is at a path of keys."""
    *way, last = path
    for key in way:
        truth = truth[key]
    if value is DELETE:
        del truth[last]
    else:
        truth[last] = value


C1 = ("clips", "000001")
BOX1 = (*C1, "frames", "20", 0)
IMAGE = ("items", "000001", "images", "0", 0)
AT = "clips.000001.frames.20[0]"
FRAME = "must be a whole number from 0 on, or a string of its ASCII digits"
CORNERS = "must be a list of four numbers x1, y1, x2, y2"
UNSHOWN = "which no image of the clip's item shows; add it to the gallery, or make it 0"


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("clips",), DELETE, "clips: must be an object with a member for each id, not nothing"),
        (("items",), [], "items: must be an object with a member for each id, not a list"),
        (C1, 3, "clips.000001: must be an object, not a number"),
        (
            (*C1, "item_id"),
            3,
            "clips.000001.item_id: must be a string in double quotes, not a number",
        ),
        (
            (*C1, "item_id"),
            DELETE,
            "clips.000001.item_id: must be a string in double quotes, not null",
        ),
        (
            ("clips", "000004", "item_id"),
            "777777",
            "clips.000004.item_id: no item 777777 is defined; add it to items, or put null",
        ),
        ((*C1, "split"), "C", 'clips.000001.split: must be "A" or "B"'),
        ((*C1, "split"), None, 'clips.000001.split: must be "A" or "B"'),
        (
            (*C1, "frames"),
            DELETE,
            "clips.000001.frames: must be an object of frame numbers; {} if there is none",
        ),
        (
            (*C1, "frames", "x1"),
            [],
            f"clips.000001.frames.x1: {FRAME}, not x1",
        ),
        (
            (*C1, "frames", "020"),
            [],
            "clips.000001.frames.020: frame 20 is given twice; put its boxes together",
        ),
        (
            (*C1, "frames", "20"),
            {},
            "clips.000001.frames.20: must be a list of boxes, not an object",
        ),
        (BOX1, 1, f"{AT}: must be an object with instance_id and box, not a number"),
        (
            (*BOX1, "instance_id"),
            -1,
            f"{AT}.instance_id: must be a whole number from 0 to 9,007,199,254,740,991",
        ),
        (
            (*BOX1, "instance_id"),
            "101",
            f"{AT}.instance_id: must be a whole number from 0 to 9,007,199,254,740,991",
        ),
        ((*BOX1, "box"), [1, 1, 1, 2], f"{AT}.box: x2 must be greater than x1"),
        (
            (*BOX1, "box"),
            DELETE,
            f"{AT}.box: {CORNERS}, not null",
        ),
        ((*BOX1, "label"), 5, f"{AT}.label: must be a string of at most 200 characters"),
        (
            (*BOX1, "viewpoint"),
            "front",
            f"{AT}.viewpoint: must be a whole number from 0 to 2,147,483,647",
        ),
        (
            (*BOX1, "display"),
            1.5,
            f"{AT}.display: must be a whole number from 0 to 2,147,483,647",
        ),
        (
            (*BOX1, "instance_id"),
            555,
            f"clips.000001: frame 20 shows instance 555, {UNSHOWN}",
        ),
        (
            (*BOX1, "instance_id"),
            201,
            f"clips.000001: frame 20 shows instance 201, {UNSHOWN}",
        ),
        ((*IMAGE, "box"), [0, 0, 0, 0], "items.000001.images.0[0].box: x2 must be greater than x1"),
        (
            ("items", "000001", "images", "1"),
            [],
            "items.000001.images.1: image 1 is given twice; put its boxes together",
        ),
        (
            ("items", "000009", "images"),
            [],
            "items.000009.images: must be an object of image names; {} if there is none",
        ),
        (
            ("clips", "a\nb"),
            {"item_id": None, "frames": {}},
            "clips.a\\u000ab: an id has 1 to 200 printable characters",
        ),
        (
            ("clips", "x" * 201),
            {"item_id": None, "frames": {}},
            f"clips.{'x' * 60}...: an id has 1 to 200 printable characters",
        ),
    ],
)
def test_a_fault_is_named_by_its_path(clips, tmp_path, truth_json, path, value, expected):
    put(truth_json, path, value)
    assert expected in refusal(clips, tmp_path, truth_json)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "the file is empty; upload a JSON object"),
        (b"[]", "must be a JSON object with clips and items, not a list"),
        (b'{"clips": {}, "items": {}}', "the truth holds no clip; it needs at least one"),
        (b'{"clips": {', "not JSON: Expecting property name"),
        (b'{"clips": \xff}', "byte 10 is not UTF-8; save the file as UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_file_that_is_no_truth_is_refused(clips, tmp_path, content, expected):
    assert refusal(clips, tmp_path, content)[0].startswith(expected)


@pytest.mark.parametrize(
    ("old", "path"),
    [
        ('"clips": {', "clips"),
        ('"000002": {"item_id"', "clips.000002"),
        ('"20": [{"instance_id": 201', "clips.000002.frames.20"),
        ('"000009": {"images"', "items.000009"),
        ('"instance_id": 201', "clips.000002.frames.20[0].instance_id"),
    ],
)
def test_a_repeated_key_is_refused_by_its_path(clips, tmp_path, truth_json, old, path):
    text = json.dumps(truth_json)
    key = old.split(":")[0]
    assert text.count(old) >= 1
    text = text.replace(old, f"{key}: 1, {old}", 1)
    found = refusal(clips, tmp_path, text.encode())
    assert any(one.startswith(f"{path}: this key is given twice; keep one") for one in found)


def test_every_problem_is_found_at_once(clips, tmp_path, truth_json):
    put(truth_json, (*C1, "split"), "C")
    put(truth_json, (*BOX1, "box"), [])
    put(truth_json, (*IMAGE, "instance_id"), None)
    assert len(refusal(clips, tmp_path, truth_json)) == 3


def test_problems_of_form_hide_none_of_sense(clips, tmp_path, truth_json):
    put(truth_json, (*BOX1, "box"), [1, 1, 1, 2])
    put(truth_json, ("clips", "000004", "item_id"), "777777")
    put(truth_json, ("clips", "000002", "frames", "20", 0, "instance_id"), 555)
    put(truth_json, ("clips", "000003", "split"), "C")
    found = refusal(clips, tmp_path, truth_json)
    assert found[2:] == [
        "clips.000004.item_id: no item 777777 is defined; add it to items, or put null",
        f"clips.000002: frame 20 shows instance 555, {UNSHOWN}",
    ]
    assert len(found) == 4


def test_an_item_that_can_not_be_read_makes_no_other_problems(clips, tmp_path, truth_json):
    put(truth_json, ("items", "000001", "images", "0"), 7)
    assert refusal(clips, tmp_path, truth_json) == [
        "items.000001.images.0: must be a list of boxes, not a number"
    ]


def test_a_nan_is_named(clips, tmp_path, truth_json):
    put(truth_json, (*BOX1, "box"), [float("nan"), 0, 1, 1])
    assert refusal(clips, tmp_path, truth_json)[0].startswith(f"{AT}.box[0]: must be a finite")


def test_unknown_keys_are_a_warning_of_the_manifest(clips, tmp_path, truth_json):
    truth_json["source"] = "us"
    truth_json["clips"]["000001"]["note"] = 1
    (tmp_path / "t.json").write_text(json.dumps(truth_json))
    manifest = clips.compile_truth(tmp_path / "t.json", tmp_path / "out")
    assert manifest.warnings == ("2 unknown keys were ignored (first: source)",)
    assert clips.open_truth(tmp_path / "out").manifest.warnings == manifest.warnings


def test_a_truth_without_a_public_clip_is_refused(clips, tmp_path, truth_json):
    for clip in truth_json["clips"].values():
        clip.pop("split", None)
    message = "no clip is in split A; the public board needs at least one"
    options = {"split_seed": "s", "private_share": 1.0}
    assert refusal(clips, tmp_path, truth_json, **options) == [message]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"private_share": 0.5}, "split_seed: give a seed, or a private share of 0"),
        ({"private_share": 1.5, "split_seed": "s"}, "private_share: must be between 0 and 1"),
        ({"private_share": float("nan")}, "private_share: must be between 0 and 1"),
    ],
)
def test_a_split_that_can_not_be_is_refused(clips, tmp_path, truth_json, options, message):
    (tmp_path / "t.json").write_text(json.dumps(truth_json))
    with pytest.raises(InvalidSettings, match=message):
        clips.compile_truth(tmp_path / "t.json", tmp_path / "out", **options)


FRAMES = [{"frame_index": 20, "annotations": []}]
VIDEO = {"video_id": "a", "frames": FRAMES}
PICTURE = {"item_id": "a", "img_name": "5.jpg", "annotations": []}


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        (
            "video_annotation/b.json",
            {"video_id": "a", "frames": []},
            "video_annotation/b.json:video_id: is another than the file's name",
        ),
        (
            "video_annotation/b.json",
            {"video_id": "b"},
            "video_annotation/b.json:frames: must be a list of frames; [] if there is none",
        ),
        (
            "video_annotation/b.json",
            {"frames": [{"frame_index": 20, "annotations": [{"instance_id": 1, "box": [1]}]}]},
            f"video_annotation/b.json:frames[0].annotations[0].box: {CORNERS}, not 1 values",
        ),
        (
            "video_annotation/b.json",
            {"frames": FRAMES * 2},
            "video_annotation/b.json:frames[1]: frame 20 is given twice; put its boxes together",
        ),
        (
            "video_annotation/b.json",
            {"frames": [7]},
            "video_annotation/b.json:frames[0]: must be an object, not a number",
        ),
        (
            "more/video_annotation/a.json",
            VIDEO,
            "video_annotation/a.json: this clip is given twice; keep one",
        ),
        (
            "image_annotation/a/6.json",
            PICTURE,
            "image_annotation/a/6.json:img_name: is another than the file's name",
        ),
        (
            "image_annotation/b/5.json",
            PICTURE,
            "image_annotation/b/5.json:item_id: is another than the folder's name",
        ),
        (
            "more/image_annotation/a/5.json",
            PICTURE,
            "more/image_annotation/a/5.json: image 5 is given twice; put its boxes together",
        ),
        ("image_annotation/a/7.json", [], "image_annotation/a/7.json: must hold a JSON object"),
        ("image_annotation/a/7.json", None, "image_annotation/a/7.json: not JSON: Expecting value"),
    ],
)
def test_a_fault_in_the_contests_layout_is_named_by_file_and_path(
    clips, tmp_path, name, content, expected
):
    with zipfile.ZipFile(tmp_path / "n.zip", "w") as archive:
        archive.writestr("video_annotation/a.json", json.dumps(VIDEO))
        archive.writestr("image_annotation/a/5.json", json.dumps(PICTURE))
        archive.writestr("image_annotation/a/._5.json", b"from macOS")
        archive.writestr("image/a/5.jpg", b"a picture")
        archive.writestr(name, "nope" if content is None else json.dumps(content))
    with pytest.raises(InvalidTruth) as caught:
        clips.compile_truth(tmp_path / "n.zip", tmp_path / "out")
    assert [str(one)[: len(expected)] for one in caught.value.problems] == [expected]


def test_an_empty_folder_is_no_truth(clips, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidTruth, match="the truth holds no clip"):
        clips.compile_truth(tmp_path / "empty", tmp_path / "out")
