"""Feed the readers files mutated by atheris, guided by coverage: run by hand, after pip install.

    python bench/fuzz.py -max_total_time=600

A finding is any exception but a refusal, and any file that the fast and the careful reader do not
judge alike. Give libFuzzer's options; a folder keeps the corpus.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import atheris

with atheris.instrument_imports(include=["evaluator"]):
    import numpy as np

    from evaluator import columns
    from evaluator.errors import InvalidSubmission, Notes, Problems
    from evaluator.products import truth_json
    from evaluator.products.parsing import Reader, Shape, parse
    from evaluator.products.submission import AnyGallery
    from evaluator.tasks.clips.compiling import ClipsGathered
    from evaluator.tasks.clips.shape import ClipsShape
    from evaluator.tasks.clips.truth_json import ClipReader
    from evaluator.tasks.streams.shape import StreamsShape

KNOWN = columns.ranked(["a", "b"])[0]
SHAPES: list[Shape] = [ClipsShape(2), StreamsShape(KNOWN, np.array([100, 50]))]


def reading(data: bytes, shape: Shape, *, careful: bool) -> object:
    notes = Notes()
    try:
        if not careful:
            chunk = parse(data, KNOWN, shape, AnyGallery(), notes).joined()
        else:
            reader = Reader(KNOWN, shape, AnyGallery(), notes)
            reader.read_carefully(data)
            reader.problems.refuse(InvalidSubmission)
            if not reader.found.predictions:
                return "refused"
            chunk = reader.found.joined()
    except InvalidSubmission:
        return "refused"
    return [part.tolist() for part in chunk], notes.sentences()


def one(data: bytes) -> None:
    shape = SHAPES[data[0] % 2] if data else SHAPES[0]
    text = data[1:]
    fast = reading(text, shape, careful=False)
    try:
        text.decode()
    except UnicodeDecodeError:
        assert fast == "refused"
        return
    if not text.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) and text.strip():
        assert fast == reading(text, shape, careful=True), text

    gathered = ClipsGathered(Problems(), unit_path=str, item_path=str)
    truth_json.read(text, ClipReader(gathered, Notes()))


def seeds() -> list[bytes]:
    pair = {"img_name": "1.jpg", "item_box": [0, 0, 5, 5], "frame_box": [0, 0.5, 5, 1e3]}
    found = {"item_id": "x", "frame_index": "20", "result": [pair]}
    clips = {"a": found, "b": {**found, "frame_index": 3}}
    streams = {"a": [{**found, "start": 0, "end": 9}], "b": []}
    box = {"instance_id": 1, "box": [0, 0, 1, 1], "label": "é", "viewpoint": None}
    truth = {
        "clips": {"a": {"item_id": "x", "frames": {"0": [box]}}},
        "items": {"x": {"images": {"0": [box]}}},
    }
    return [
        bytes([number]) + json.dumps(one).encode()
        for number, one in enumerate((clips, streams, truth))
    ]


if __name__ == "__main__":
    corpus = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    for folder in corpus:
        for number, seed in enumerate(seeds()):
            (Path(folder) / f"seed{number}").write_bytes(seed)
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
