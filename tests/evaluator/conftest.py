"""A small truth, compiled and opened, and the folder of real files."""

import copy
import io
import json
from pathlib import Path

import pytest

from evaluator import tasks

WAB = Path(__file__).resolve().parents[2].parent / "shared" / "wab"

TRUTH = {
    "clips": {
        "000001": {
            "item_id": "000001",
            "split": "A",
            "frames": {
                "0": [{"instance_id": 0, "box": [0, 0, 10, 10]}],
                "20": [
                    {"instance_id": 101, "box": [0, 0, 100, 100], "label": "coat"},
                    {"instance_id": 102, "box": [200, 200, 300, 300]},
                    {"instance_id": 0, "box": [0, 0, 500, 500]},
                ],
                "40": [{"instance_id": 101, "box": [0, 0, 100, 100]}],
            },
        },
        "000002": {
            "item_id": "000002",
            "split": "B",
            "frames": {"20": [{"instance_id": 201, "box": [0, 0, 50, 50]}]},
        },
        "000003": {"item_id": None, "frames": {"0": [{"instance_id": 9, "box": [0, 0, 5, 5]}]}},
        "000004": {"item_id": "000004", "frames": {}},
    },
    "items": {
        "000001": {
            "images": {
                "0": [
                    {"instance_id": 101, "box": [0, 0, 100, 100]},
                    {"instance_id": 102, "box": [200, 200, 300, 300]},
                ],
                "1.jpg": [
                    {"instance_id": 101, "box": [0, 0, 100, 100]},
                    {"instance_id": 101, "box": [400, 400, 500, 500]},
                ],
                "2": [{"instance_id": 0, "box": [0, 0, 100, 100]}],
            }
        },
        "000002": {"images": {"0": [{"instance_id": 201, "box": [0, 0, 50, 50]}]}},
        "000004": {"images": {}},
        "000009": {"images": {"7": []}},
    },
}

BOX = [0, 0, 100, 100]
OTHER = [200, 200, 300, 300]


def pair(image="0", item_box=None, frame_box=None):
    return {"img_name": image, "item_box": item_box or BOX, "frame_box": frame_box or BOX}


def predict(item="000001", frame=20, pairs=None):
    both = [pair(), pair(item_box=OTHER, frame_box=OTHER)]
    return {"item_id": item, "frame_index": frame, "result": both if pairs is None else pairs}


@pytest.fixture(scope="session")
def clips():
    return tasks.get("clips")


@pytest.fixture
def truth_json():
    """The small truth, free to change."""
    return copy.deepcopy(TRUTH)


@pytest.fixture
def compile_to(clips, tmp_path):
    """Compile a truth given as values, and open it."""

    def compile_to(truth, name="truth", **options):
        source = tmp_path / f"{name}.json"
        source.write_text(json.dumps(truth, ensure_ascii=False), encoding="utf-8")
        clips.compile_truth(source, tmp_path / name, **options)
        return clips.open_truth(tmp_path / name)

    return compile_to


@pytest.fixture
def truth(compile_to, truth_json):
    return compile_to(truth_json)


@pytest.fixture
def read(clips, truth):
    """Read a submission given as values, text or bytes against the small truth."""

    def read(content, **options):
        if not isinstance(content, bytes):
            text = content if isinstance(content, str) else json.dumps(content)
            content = text.encode("utf-8", "surrogatepass")
        return clips.read_submission(io.BytesIO(content), truth, **options)

    return read


@pytest.fixture
def evaluate(clips, truth, read):
    """Score a submission given as values on the small truth."""

    def evaluate(content, **options):
        return clips.evaluate(truth, read(content), clips.settings(options))

    return evaluate


@pytest.fixture
def outcome_of(clips, truth, evaluate):
    """Return one clip's outcome for a prediction, or for silence."""

    def outcome_of(prediction, clip="000001", **options):
        others = {"000004": predict("000004", 0, [])}
        content = others | ({} if prediction is None else {clip: prediction})
        found = evaluate(content, **options).unit_outcomes
        return clips.outcomes[found[truth.unit_id.tolist().index(clip.encode())]]

    return outcome_of


@pytest.fixture
def wab():
    if not WAB.is_dir():
        pytest.skip(f"{WAB} is absent: the real files are not copied into the project")
    return WAB


STREAMS_TRUTH = {
    "streams": {
        "S1": {
            "frame_count": 1000,
            "fps": 25,
            "segments": [
                {"item_id": "000001", "start": 100, "end": 200},
                {"item_id": "000002", "start": 300, "end": 400},
                {"item_id": "000001", "start": 500, "end": 600},
                {"item_id": None, "start": 700, "end": 800},
            ],
            "frames": {
                "120": [{"instance_id": 101, "box": [0, 0, 100, 100], "label": "coat"}],
                "320": [{"instance_id": 201, "box": [0, 0, 50, 50], "viewpoint": 2}],
                "700": [{"instance_id": 9, "box": [0, 0, 5, 5], "display": 1}],
                "900": [{"instance_id": 101, "box": [0, 0, 100, 100]}],
            },
        },
        "S2": {"frame_count": 50, "fps": 12.5, "split": "B", "segments": [], "frames": {}},
    },
    "items": TRUTH["items"],
}


def segment(item="000001", start=100, end=200, frame=120, pairs=None):
    return {
        "item_id": item,
        "start": start,
        "end": end,
        "frame_index": frame,
        "result": [pair()] if pairs is None else pairs,
    }


@pytest.fixture(scope="session")
def streams():
    return tasks.get("streams")


@pytest.fixture
def streams_json():
    """The small truth of streams, free to change."""
    return copy.deepcopy(STREAMS_TRUTH)


@pytest.fixture
def compile_streams(streams, tmp_path):
    """Compile a streams truth given as values, and open it."""

    def compile_streams(truth, name="streams", **options):
        (tmp_path / f"{name}.json").write_text(json.dumps(truth, ensure_ascii=False))
        streams.compile_truth(tmp_path / f"{name}.json", tmp_path / name, **options)
        return streams.open_truth(tmp_path / name)

    return compile_streams


@pytest.fixture
def streams_truth(compile_streams, streams_json):
    return compile_streams(streams_json)


@pytest.fixture
def read_streams(streams, streams_truth):
    """Read a submission given as values, text or bytes against the small truth of streams."""

    def read_streams(content, **options):
        if not isinstance(content, bytes):
            text = content if isinstance(content, str) else json.dumps(content)
            content = text.encode("utf-8", "surrogatepass")
        return streams.read_submission(io.BytesIO(content), streams_truth, **options)

    return read_streams


@pytest.fixture
def evaluate_streams(streams, streams_truth, read_streams):
    """Score a submission given as values on the small truth of streams."""

    def evaluate_streams(content, **options):
        return streams.evaluate(streams_truth, read_streams(content), streams.settings(options))

    return evaluate_streams
