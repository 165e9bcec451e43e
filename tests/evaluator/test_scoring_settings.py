"""Settings have defaults, a stable digest, and are refused when they make no sense."""

import hashlib
import json

import pytest

from evaluator import InvalidSettings, tasks

DEFAULTS = {
    "tau": 0.5,
    "weights": {"clip": 0.2, "frame": 0.6, "box": 0.2},
    "frame_rule": "all",
    "box_rule": "all",
    "box_sides": "both",
    "feedback": "counts",
}


def test_missing_options_take_their_defaults(clips):
    assert clips.settings({}).as_dict() == DEFAULTS
    assert clips.settings({"tau": 0.75}).as_dict() == {**DEFAULTS, "tau": 0.75}
    assert clips.settings(json.loads(json.dumps(DEFAULTS))) == clips.settings({})


def test_the_digest_is_of_the_meaning_and_stays_the_same(clips):
    text = (
        '["clips",{"box_rule":"all","box_sides":"both","frame_rule":"all","tau":0.5,'
        '"weights":{"box":0.2,"clip":0.2,"frame":0.6}}]'
    )
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert clips.settings({}).digest == digest
    weights = {"box": 0.2, "frame": 0.6, "clip": 0.2}
    assert clips.settings({"weights": weights}).digest == digest
    assert clips.settings({"box_rule": "any"}).digest != digest
    whole = clips.settings({"weights": {"clip": 0, "frame": 1, "box": 0}})
    assert whole == clips.settings({"weights": {"clip": 0.0, "frame": 1.0, "box": 0.0}})


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"tau": 0.49}, "tau: must be at least 0.5 and below 1"),
        ({"tau": 1.0}, "tau: must be at least 0.5 and below 1"),
        ({"tau": "0.5"}, "tau: must be a finite number"),
        ({"tau": True}, "tau: must be a finite number"),
        ({"tau": float("nan")}, "tau: must be a finite number"),
        ({"tau": 10**400}, "tau: must be a finite number"),
        (
            {"weights": {"clip": 1}},
            "weights: must give exactly one weight each to clip, frame, box",
        ),
        ({"weights": [1, 0, 0]}, "weights: must give exactly one weight each to clip, frame, box"),
        (
            {"weights": {"clip": 0.5, "frame": 0.5, "box": 0.5}},
            "weights: must add up to 1, not 1.5",
        ),
        ({"weights": {"clip": 2, "frame": -1, "box": 0}}, "weights: must each be 0 or more"),
        (
            {"weights": {"clip": None, "frame": 1, "box": 0}},
            "weights: of clip must be a finite number",
        ),
        ({"frame_rule": "most"}, "frame_rule: must be one of all, any"),
        ({"box_rule": []}, "box_rule: must be one of all, any"),
        ({"feedback": "none"}, "feedback: must be one of counts, full"),
        ({"box_sides": "frame"}, "box_sides: must be one of both, item"),
        (
            {"theta": 0.5},
            "theta: unknown; there are tau, weights, frame_rule, box_rule, box_sides, feedback",
        ),
    ],
)
def test_an_impossible_setting_is_refused_with_its_reason(clips, options, expected):
    with pytest.raises(InvalidSettings) as caught:
        clips.settings(options)
    assert [str(problem) for problem in caught.value.problems] == [expected]


def test_every_impossible_setting_is_named_at_once(clips):
    with pytest.raises(InvalidSettings) as caught:
        clips.settings({"tau": 2, "box_rule": "x", "more": 1})
    assert [problem.path for problem in caught.value.problems] == ["tau", "box_rule", "more"]


def test_the_registry_names_its_tasks(clips):
    assert "clips" in tasks.names()
    assert clips.levels == ("clip", "frame", "box")
    assert len(set(clips.outcomes)) == 7
    with pytest.raises(KeyError, match="no task 'chess'; there are: clips"):
        tasks.get("chess")
