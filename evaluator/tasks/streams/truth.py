"""The compiled truth of the streams task: products' arrays, and the streams' segments."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluator.products import truth
from evaluator.products.truth import Index, ProductTruth
from evaluator.tasks.streams.settings import TASK

VERSION = 2
SCHEMA = {
    **truth.SCHEMA,
    "stream_frames": ("i8", 1),
    "stream_fps": ("f8", 1),
    "segment_stream": ("i8", 1),
    "segment_item": ("i8", 1),
    "segment_span": ("i8", 2),
    "segment_layer": ("u4", 1),
}


@dataclass(frozen=True, slots=True, eq=False)
class StreamsTruth(ProductTruth):
    """A truth's memory-mapped arrays; units are streams.

    (streams,): `stream_frames`, how many frames there are, and `stream_fps`, frames a second.
    (segments,), ordered by stream and time: `segment_stream`, `segment_item` (rows; -1 for a
    missing product), `segment_span` (n, 2: start and end in frame numbers, end exclusive) and
    `segment_layer`: segments of a stream overlap only where their layers differ.
    """

    stream_frames: Index
    stream_fps: NDArray[np.float64]
    segment_stream: Index
    segment_item: Index
    segment_span: Index
    segment_layer: NDArray[np.uint32]


def open_truth(folder: Path, *, verify: bool) -> StreamsTruth:
    """Open a compiled truth; InvalidTruth if it is damaged or not one of this task and version."""
    return truth.open_truth(StreamsTruth, folder, TASK, VERSION, SCHEMA, verify=verify)
