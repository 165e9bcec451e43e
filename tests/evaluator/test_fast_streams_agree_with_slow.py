"""Hypothesis finds no difference between the streams task and the slow scorer, nor its readers."""

import io
import json
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluator import columns, tasks
from evaluator.errors import InvalidSubmission, Notes
from evaluator.products.parsing import Reader, parse
from evaluator.tasks.streams.shape import StreamsShape
from tests.evaluator import slow_scorer
from tests.evaluator.test_fast_path_agrees_with_slow import (
    IDS,
    NAMES_AS_ROWS,
    annotation,
    item,
    odd_number,
    odd_text,
    options,
    pair,
)

STREAMS = tasks.get("streams")
# Times on a coarse grid, so that overlaps of exactly one half, and ties, do happen.
TIMES = range(0, 120, 10)


@st.composite
def stream(draw):
    """A stream whose segments of one item do not overlap; those of others may."""
    segments: list[dict[str, object]] = []
    ends: dict[str, int] = {}
    for start in TIMES:
        if draw(st.booleans()):
            one = draw(st.sampled_from([*IDS[:3], None]))
            end = start + draw(st.sampled_from([10, 20, 30]))
            if one is None or ends.get(one, 0) <= start:
                segments.append({"item_id": one, "start": start, "end": end})
                ends[one] = end
    return {
        "frame_count": 200,
        "fps": draw(st.sampled_from([25, 12.5])),
        "split": draw(st.sampled_from("AAB")),
        "segments": segments,
        "frames": draw(
            st.dictionaries(
                st.sampled_from([str(time) for time in TIMES]), st.lists(annotation, max_size=4)
            )
        ),
    }


truths = st.builds(
    lambda items, first, more: {"items": items, "streams": {"1": {**first, "split": "A"}, **more}},
    st.fixed_dictionaries(dict.fromkeys(IDS, item)),
    stream(),
    st.dictionaries(st.sampled_from(["2", "3"]), stream()),
)


@st.composite
def segment(draw, true=()):
    """A predicted segment, often near a true one."""
    start = draw(st.sampled_from(TIMES))
    one = draw(st.sampled_from([*IDS[:3], "other"]))
    end = start + draw(st.sampled_from([5, 10, 20, 30]))
    if true and draw(st.integers(0, 3)):
        near = draw(st.sampled_from(true))
        start = near["start"] + draw(st.sampled_from([0, 0, 5]))
        end = max(start + 5, near["end"] + draw(st.sampled_from([0, 0, 10, -5])))
        one = near["item_id"] or one
    return {
        "item_id": one,
        "start": start,
        "end": end,
        "frame_index": draw(st.sampled_from([start, str(start), *TIMES])),
        "result": draw(st.lists(pair, max_size=4)),
    }


def in_time(segment):
    """Where a segment stands in a compiled truth."""
    return segment["start"], segment["end"], segment["item_id"] or ""


@given(truths, st.data(), options, st.sampled_from([0.5, 0.6, 2 / 3]))
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
def test_counts_scores_outcomes_and_times_equal_the_slow_scorers(truth, data, chosen, theta):
    chosen = {**chosen, "theta": theta}
    predictions = {
        name: data.draw(st.lists(segment(one["segments"]), max_size=8))
        for name, one in truth["streams"].items()
    }
    if not any(predictions.values()):
        return
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "truth.json"
        source.write_text(json.dumps(truth))
        STREAMS.compile_truth(source, Path(folder) / "truth")
        opened = STREAMS.open_truth(Path(folder) / "truth")
        content = io.BytesIO(json.dumps(predictions).encode())
        submission = STREAMS.read_submission(content, opened)
        evaluation = STREAMS.evaluate(opened, submission, STREAMS.settings(chosen))
    slow = []
    for name in sorted(truth["streams"]):
        one = truth["streams"][name]
        one["segments"].sort(key=in_time)
        outcomes, _ = slow_scorer.judge_stream(one, predictions[name], truth["items"], chosen)
        slow += [outcomes[n] for n in range(len(one["segments"]))]
    assert [STREAMS.outcomes[number] for number in evaluation.unit_outcomes] == slow
    for split, result in evaluation.splits.items():
        expected = slow_scorer.score_streams(truth, predictions, chosen, split)
        assert {one.name: one.as_dict() for one in result.levels} == expected["levels"]
        assert result.score == expected["score"]
        assert {name: n for name, n in result.outcomes.items() if n} == {
            name: n for name, n in expected["outcomes"].items() if n
        }
        for name, value in expected["extras"].items():
            assert result.extras[name] == pytest.approx(value)


KNOWN = columns.ranked(["a", "b", "c"])[0]
SHAPE = StreamsShape(KNOWN, np.array([200, 200, 50]))
odd_segment = st.one_of(
    segment(),
    segment(),
    st.builds(
        lambda found, key, value: {**found, key: value},
        segment(),
        st.sampled_from(["start", "end", "item_id", "note", "frame_index"]),
        st.one_of(odd_text, odd_number),
    ),
    odd_number,
)
odd_file = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c", "d"]),
        st.one_of(st.lists(odd_segment, max_size=3), odd_number, st.just({})),
    ),
    max_size=4,
)


@given(odd_file, st.sampled_from([None, 1]))
@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
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
            outcomes.append(("refused", error.total))
        else:
            outcomes.append(([part.tolist() for part in found], notes.sentences()))
    assert outcomes[0] == outcomes[1]
