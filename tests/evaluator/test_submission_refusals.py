"""Each thing that makes a submission unusable, with the message that names it."""

import json

import pytest

from evaluator import InvalidSubmission
from tests.evaluator.conftest import pair, predict


def problems(read, content, **options):
    with pytest.raises(InvalidSubmission) as caught:
        read(content, **options)
    assert caught.value.total >= len(caught.value.problems) >= 1
    return [str(problem) for problem in caught.value.problems]


def boxed(item_box):
    return {"000001": predict(pairs=[{**pair(), "item_box": item_box}])}


def changed(**parts):
    return {"000001": {**predict(), **parts}}


NO_ITEM = "predictions name an item that is not in the gallery and score as wrong"
NO_IMAGE = "pairs name an image that the item's gallery does not have and score as wrong"
NO_PAIRS = "predictions have no pair, so that their frame and boxes can't be right"
FRAME = "000001.frame_index: must be a whole number from 0 on, or a string of its ASCII digits"
AT_BOX = "000001.result[0].item_box"
FINITE = "must be a finite number (NaN, infinity and larger than 1e308 are not)"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "the file is empty; upload a JSON object"),
        ("  \n", "the file is empty; upload a JSON object"),
        ("{}", "the submission is empty; predict at least one clip"),
        ("[]", "must be a JSON object, not a list"),
        ('"a"', "must be a JSON object, not a string"),
        ("12", "must be a JSON object, not a single value or other text"),
        ("clip,item", "must be a JSON object, not a single value or other text"),
        (
            "{'000001': 1}",
            "not JSON: Expecting a key in double quotes (line 1, column 2, byte 1)",
        ),
        (
            '{"000001":\n nope}',
            "000001: not JSON: Expecting value (line 2, column 2, byte 12)",
        ),
        ({"123456": predict()}, "123456: no such clip in this phase; use the clip ids of its data"),
        (
            {"000001": [1]},
            "000001: must be an object with item_id, frame_index, result, not a list",
        ),
        ({"000001": None}, "000001: must be an object with item_id, frame_index, result, not null"),
        (changed(item_id=7), "000001.item_id: must be a string in double quotes, not a number"),
        (changed(item_id=None), "000001.item_id: must be a string in double quotes, not null"),
        (changed(frame_index="12a"), f'{FRAME}, not "12a"'),
        (changed(frame_index="٣"), f'{FRAME}, not "٣"'),
        (changed(frame_index=""), f'{FRAME}, not ""'),
        (changed(frame_index=-20), f"{FRAME}, not -20"),
        (changed(frame_index=20.0), f"{FRAME}, not 20.0"),
        (changed(frame_index=True), f"{FRAME}, not true or false"),
        (changed(frame_index=2**31), f"{FRAME}, not 2147483648"),
        (changed(frame_index=[]), f"{FRAME}, not a list"),
        (changed(result={}), "000001.result: must be a list of pairs, not an object"),
        (
            changed(result=[pair()] * 101),
            "000001.result: holds 101 pairs; give at most 100",
        ),
        (
            changed(result=[3]),
            "000001.result[0]: must be an object with img_name, item_box, frame_box, not a number",
        ),
        (
            changed(result=[{**pair(), "img_name": 5}]),
            "000001.result[0].img_name: must be a string in double quotes, not a number",
        ),
        (boxed([5, 0, 5, 9]), f"{AT_BOX}: x2 must be greater than x1"),
        (boxed([0, 9, 5, 3]), f"{AT_BOX}: y2 must be greater than y1"),
        (boxed([0, 0, 1e-200, 1e-200]), f"{AT_BOX}: the box is too small to have an area"),
        (
            boxed([0, 0, 5]),
            f"{AT_BOX}: must be a list of four numbers x1, y1, x2, y2, not 3 values",
        ),
        (boxed("0"), f"{AT_BOX}: must be a list of four numbers x1, y1, x2, y2, not a string"),
        (boxed([0, 0, "5", 5]), f"{AT_BOX}[2]: must be a number, not a string"),
        (boxed([0, 0, True, 5]), f"{AT_BOX}[2]: must be a number, not true or false"),
        (boxed([0, 0, 1_000_001, 5]), f"{AT_BOX}[2]: must lie between -1e6 and 1e6 pixels"),
        (boxed([-1e6 - 1, 0, 1, 5]), f"{AT_BOX}[0]: must lie between -1e6 and 1e6 pixels"),
        (boxed([0, 0, 2**70, 5]), f"{AT_BOX}[2]: must lie between -1e6 and 1e6 pixels"),
        (boxed([0, float("nan"), 5, 5]), f"{AT_BOX}[1]: {FINITE}"),
        (boxed([0, 0, float("inf"), 5]), f"{AT_BOX}[2]: {FINITE}"),
    ],
)
def test_a_fault_is_named_by_its_path_with_the_remedy(read, content, expected):
    assert problems(read, content) == [expected]


@pytest.mark.parametrize("key", ["item_id", "frame_index", "result"])
def test_a_missing_key_is_named(read, key):
    prediction = predict()
    del prediction[key]
    assert problems(read, {"000001": prediction}) == [f"000001.{key}: is missing; add it"]


@pytest.mark.parametrize("key", ["img_name", "item_box", "frame_box"])
def test_a_missing_key_of_a_pair_is_named(read, key):
    broken = pair()
    del broken[key]
    expected = f"000001.result[1].{key}: is missing; add it"
    assert problems(read, {"000001": predict(pairs=[pair(), broken])}) == [expected]


def test_numbers_too_large_for_a_float_are_not_finite(read):
    text = json.dumps(boxed([0, 0, 1234567, 5]))
    for large in ("1e999", "9" * 310, "9" * 400, "9" * 100_000):
        assert problems(read, text.replace("1234567", large)) == [f"{AT_BOX}[2]: {FINITE}"]


def test_a_clip_given_twice_is_refused(read):
    one = json.dumps(predict())
    text = f'{{"000001":{one},"000001":{one}}}'
    assert problems(read, text) == ["000001: this clip is given twice; keep one"]


def test_a_clip_given_twice_in_other_words_is_refused(read):
    one = json.dumps(predict())
    text = f'{{"000001":{one},"00000\\u0031":{one}}}'
    assert problems(read, text) == ["000001: this clip is given twice; keep one"]


@pytest.mark.parametrize(
    ("where", "path"),
    [
        ('"item_id":', "000001.item_id"),
        ('"img_name":', "000001.result[0].img_name"),
        ('"note":', "000001.note"),
    ],
)
def test_any_other_key_given_twice_is_refused_by_its_path(read, where, path):
    prediction = {**predict(pairs=[pair()]), "note": "n"}
    text = json.dumps({"000001": prediction}).replace(": ", ":")
    text = text.replace(where, f'{where}"x",{where}', 1)
    assert problems(read, text) == [f"{path}: this key is given twice; keep one"]


def test_a_repeat_hidden_by_an_escaped_colon_is_found(read):
    text = json.dumps({"000001": predict(item="a:b")}).replace("a:b", "a\\u003ab")
    text = text.replace('"frame_index"', '"frame_index": 3, "frame_index"')
    assert problems(read, text) == ["000001.frame_index: this key is given twice; keep one"]


def test_half_a_surrogate_pair_is_not_text(read):
    text = json.dumps({"000001": predict(item="\ud800")})
    assert problems(read, text) == ["000001.item_id: is not Unicode text (half a surrogate pair)"]


def test_every_problem_is_found_and_the_first_fifty_are_listed(read):
    bad = [pair(item_box=[1, 0, 0, 1])] * 40
    with pytest.raises(InvalidSubmission) as caught:
        read({"000001": predict(pairs=bad), "000002": predict(pairs=bad)})
    assert caught.value.total == 80
    assert len(caught.value.problems) == 50
    assert caught.value.problems[49].path == "000002.result[9].item_box"
    assert str(caught.value).endswith("\n... and 30 more")


def test_problems_behind_a_nan_are_found_too(read):
    content = {"000001": predict(pairs=[pair(item_box=[0, 0, float("nan"), 1])]), "nope": 1}
    found = problems(read, content)
    assert found[0] == f"{AT_BOX}[2]: {FINITE}"
    assert found[1].startswith("nope: no such clip")


def test_problems_before_the_text_breaks_off_are_found_too(read):
    text = json.dumps({"nope": predict(), "000001": predict()})[:-9]
    found = problems(read, text)
    assert found[0].startswith("nope: no such clip")
    assert found[-1].startswith("000001: not JSON: Expecting")


def test_text_of_the_file_is_echoed_short_and_printable(read):
    found = problems(
        read, {"\x1b[31m" + "x" * 500: predict(), "000001": {"frame_index": "\n" * 99}}
    )
    assert all(len(one) < 200 and one.isprintable() for one in found)
    assert found[0].startswith("\\u001b[31mxxx")


def test_unknown_extra_keys_are_a_warning(read):
    submission = read({"000001": {**predict(), "score": {"a": [1]}}, "000002": predict()})
    assert submission.predictions == 2
    assert "1 unknown keys were ignored (first: 000001.score)" in submission.warnings


def test_items_and_images_outside_the_gallery_are_counted_in_warnings(read):
    submission = read(
        {"000001": predict("nope", pairs=[]), "000002": predict("000002", pairs=[pair("5.jpg")])}
    )
    assert submission.warnings == (
        f'1 {NO_ITEM} (first: 000001.item_id, "nope")',
        f'1 {NO_IMAGE} (first: 000002.result[0].img_name, "5")',
        f"1 {NO_PAIRS} (first: 000001.result)",
    )


def test_ids_that_only_look_like_known_ones_are_not_known(read):
    for strange in (
        "000001\x00",
        "000001 ",
        "0000010",
        "\u0660\u0660\u0660\u0660\u0660\u0661",
        "00000",
    ):
        assert "not in the gallery" in read({"000002": predict(strange)}).warnings[0]
        assert "no such clip" in problems(read, {strange: predict()})[0]


def test_spaces_a_byte_order_mark_and_other_orders_of_keys_are_no_fault(read):
    text = json.dumps({"000001": dict(reversed(predict().items()))}, indent=3)
    assert read(b"\xef\xbb\xbf \r\n\t" + text.encode() + b" \n").predictions == 1


def test_text_behind_the_object_is_refused(read):
    text = json.dumps({"000001": predict()}) + " {}"
    assert problems(read, text)[0].startswith("not JSON: Extra text after the JSON (line 1")
