"""Hypothesis finds no difference between the evaluator and the slow scorer, nor between readers."""

import io
import json
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluator import columns, tasks
from evaluator.errors import InvalidSubmission, Notes
from evaluator.products.parsing import Reader, parse
from evaluator.products.prediction import image_name
from evaluator.tasks.clips.shape import ClipsShape
from tests.evaluator import slow_scorer

CLIPS = tasks.get("clips")
IDS = [f"{n:06d}" for n in range(5)]
INSTANCES = [0, 11, 12, 13]
FRAMES = ["0", "20", "40"]
NAMES = ["0", "1", "2.jpg"]
# Corners on a coarse grid, so that overlaps of exactly one half do happen.
corner = st.integers(0, 3)
box = st.tuples(corner, corner, st.integers(1, 3), st.integers(1, 3)).map(
    lambda c: [c[0] * 10, c[1] * 10, (c[0] + c[2]) * 10, (c[1] + c[3]) * 10]
)
annotation = st.builds(
    lambda instance, corners: {"instance_id": instance, "box": corners},
    st.sampled_from(INSTANCES),
    box,
)
# Every instance is in the first image, so that every truth is consistent.
first_image = st.tuples(box, box, box).map(
    lambda found: [
        {"instance_id": instance, "box": corners}
        for instance, corners in zip(INSTANCES[1:], found, strict=True)
    ]
)
item = st.builds(
    lambda first, more: {"images": {"0": first, **more}},
    first_image,
    st.dictionaries(st.sampled_from(NAMES[1:]), st.lists(annotation, max_size=4)),
)
clip = st.builds(
    lambda item_id, split, frames: {"item_id": item_id, "split": split, "frames": frames},
    st.sampled_from([*IDS, None]),
    st.sampled_from("AAB"),
    st.dictionaries(st.sampled_from(FRAMES), st.lists(annotation, max_size=5)),
)
truths = st.builds(
    lambda items, first, more: {
        "items": items,
        "clips": {"first": {**first, "split": "A"}, **more},
    },
    st.fixed_dictionaries(dict.fromkeys(IDS, item)),
    clip,
    st.dictionaries(st.sampled_from(["a", "b", "c", "d", "e", "f"]), clip),
)
pair = st.fixed_dictionaries(
    {"img_name": st.sampled_from(["0", "1", "2", "0.jpg", "9"]), "item_box": box, "frame_box": box}
)
prediction = st.fixed_dictionaries(
    {
        "item_id": st.sampled_from([*IDS, "other"]),
        "frame_index": st.sampled_from([0, 20, 40, 60, "0", "20", "040"]),
        "result": st.lists(pair, max_size=6),
    }
)
options = st.fixed_dictionaries(
    {
        "tau": st.sampled_from([0.5, 0.6, 2 / 3, 0.9]),
        "frame_rule": st.sampled_from(["all", "any"]),
        "box_rule": st.sampled_from(["all", "any"]),
        "box_sides": st.sampled_from(["both", "item"]),
        "weights": st.sampled_from(
            [{"clip": 0.2, "frame": 0.6, "box": 0.2}, {"clip": 0.0, "frame": 0.25, "box": 0.75}]
        ),
    }
)


@given(truths, st.data(), options)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_counts_scores_and_outcomes_equal_the_slow_scorers(truth, data, chosen):
    # Right items often, or the deeper levels would hardly be reached.
    predictions = {}
    for name, one in truth["clips"].items():
        if data.draw(st.integers(0, 5)):
            found = data.draw(prediction)
            if one["item_id"] and data.draw(st.integers(0, 3)):
                found = {**found, "item_id": one["item_id"]}
            predictions[name] = found
    if not predictions:
        return
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "truth.json"
        source.write_text(json.dumps(truth))
        CLIPS.compile_truth(source, Path(folder) / "truth")
        opened = CLIPS.open_truth(Path(folder) / "truth")
        submission = CLIPS.read_submission(io.BytesIO(json.dumps(predictions).encode()), opened)
        evaluation = CLIPS.evaluate(opened, submission, CLIPS.settings(chosen))
    slow = slow_scorer.outcomes(truth, predictions, chosen)
    fast = {
        name.decode(): CLIPS.outcomes[code]
        for name, code in zip(opened.unit_id, evaluation.unit_outcomes, strict=True)
    }
    assert fast == slow
    for split, result in evaluation.splits.items():
        expected = slow_scorer.score(truth, predictions, chosen, split)
        assert {one.name: one.as_dict() for one in result.levels} == expected["levels"]
        assert result.score == expected["score"]


KNOWN = columns.ranked(["a", "b", "c"])[0]
SHAPE = ClipsShape(len(KNOWN))


class NamesAsRows:
    """A gallery in which each name is a row of its own, for names to be compared."""

    def items(self, wanted):
        numbers = [int.from_bytes(name.encode("utf-8", "surrogatepass")) for name in wanted]
        return np.array([number % 2**62 for number in numbers], dtype=np.int64)

    def images(self, item, wanted):
        return item // 2 + self.items([image_name(name) for name in wanted]) // 2


NAMES_AS_ROWS = NamesAsRows()
odd_number = st.one_of(
    st.integers(-3, 3),
    st.sampled_from([1e6, 1_000_001, 2**70, 1e-300, -0.0, True, None, "1", float("nan"), 1e999]),
)
odd_box: st.SearchStrategy[object] = st.one_of(
    box, st.lists(odd_number, min_size=3, max_size=5), st.sampled_from([None, "0,0,1,1", {}])
)
odd_text = st.one_of(
    st.sampled_from(["0", "0.jpg", "", "é", "\ud800", "a:b", "x" * 90]), odd_number
)
odd_pair = st.one_of(
    pair,
    st.dictionaries(
        st.sampled_from(["img_name", "item_box", "frame_box", "score"]),
        st.one_of(odd_box, odd_text),
    ),
    odd_number,
)
odd_prediction = st.one_of(
    prediction,
    prediction,
    st.dictionaries(
        st.sampled_from(["item_id", "frame_index", "result", "note"]),
        st.one_of(
            odd_text, st.lists(odd_pair, max_size=3), st.sampled_from(["20", "٣", "-1", 2**31])
        ),
    ),
    st.builds(lambda found, pairs: {**found, "result": pairs}, prediction, st.lists(odd_pair)),
    odd_number,
)
odd_file = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c", "d", "a:"]), odd_prediction), max_size=4
)


@given(odd_file, st.sampled_from([None, 1]))
@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_fast_reader_accepts_and_refuses_as_the_careful_one(members, indent):
    body = ",".join(f"{json.dumps(key)}:{json.dumps(one, indent=indent)}" for key, one in members)
    data = f"{{{body}}}".encode()
    outcomes: list[object] = []
    for careful in (False, True):
        notes = Notes()
        try:
            if careful:
                reader = Reader(KNOWN, SHAPE, NAMES_AS_ROWS, notes)
                reader.read_carefully(data)
                reader.problems.refuse(InvalidSubmission)
                if not reader.found.predictions:
                    raise InvalidSubmission.because("the submission is empty")
                found = reader.found.joined()
            else:
                found = parse(data, KNOWN, SHAPE, NAMES_AS_ROWS, notes).joined()
        except InvalidSubmission as error:
            outcomes.append(("refused", error.total if members else 1))
        else:
            outcomes.append(
                (
                    found.unit.tolist(),
                    found.item.tolist(),
                    found.frame.tolist(),
                    found.pair_count.tolist(),
                    found.pair_image.tolist(),
                    found.pair_box.tolist(),
                    notes.sentences(),
                )
            )
    assert outcomes[0] == outcomes[1]


def parses(data):
    """Whether bytes parse; if they are refused, it must be with a problem."""
    try:
        parse(data, KNOWN, SHAPE, NAMES_AS_ROWS, Notes())
    except InvalidSubmission as error:
        return error.total == 0
    return True


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_random_bytes_are_refused_with_a_problem(data):
    assert not parses(data)


@given(odd_file, st.integers(0, 400), st.binary(max_size=3))
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_file_cut_short_is_refused_and_noise_crashes_nothing(members, at, noise):
    data = json.dumps(dict(members)).encode()
    at = min(at, len(data) - 1)
    assert not parses(data[:at])
    parses(data[:at] + noise + data[at:])
    parses(data[:at] + data[at + 1 :])
