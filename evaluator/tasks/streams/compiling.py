"""An organizer's streams truth, checked as a whole and turned into the arrays of `truth`."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluator import columns
from evaluator.compiled import Arrays
from evaluator.errors import Notes, Problems, quoted
from evaluator.products import compiling, layout, truth_json
from evaluator.products.compiling import Compiler
from evaluator.products.layout import Layout
from evaluator.tasks.streams import intervals
from evaluator.tasks.streams.gathering import StreamsGathered
from evaluator.tasks.streams.settings import TASK
from evaluator.tasks.streams.truth import VERSION
from evaluator.tasks.streams.truth_json import StreamReader

Index = NDArray[np.int64]
Flags = NDArray[np.bool_]


class StreamsCompiler(Compiler[StreamsGathered]):
    """Streams, each with segments of items."""

    task = TASK
    version = VERSION

    def gather(self, source: Path, problems: Problems, notes: Notes) -> StreamsGathered:
        """Read a truth's JSON."""
        gathered = StreamsGathered(
            problems,
            unit_path=lambda stream: f"streams.{quoted(stream)}",
            item_path=lambda item: f"items.{quoted(item)}",
        )
        truth_json.read(compiling.source_bytes(source), StreamReader(gathered, notes))
        return gathered

    def check(self, gathered: StreamsGathered, laid: Layout) -> None:
        """Name what does not fit together in streams, segments and frames."""
        item = _items(gathered, laid)
        _check_segments(gathered, item)
        _check_overlaps(gathered)
        _check_frames(gathered)
        _check_pieces(gathered, laid, item)

    def arrays(self, gathered: StreamsGathered, laid: Layout) -> Arrays:
        """Return the streams' own arrays, and what segments are sliced by."""
        stream = laid.unit_row[_index(gathered.segment_stream)]
        start, end = _index(gathered.segment_start), _index(gathered.segment_end)
        item = _items(gathered, laid)
        order = np.lexsort((item, end, start, stream))
        stream, span, item = stream[order], np.stack([start, end], axis=1)[order], item[order]
        layer = intervals.layers(stream, span)
        box_stream, frame, rows = layout.frame_box_places(gathered)
        holder, box = _holders(stream, span, layer, laid.unit_row[box_stream], frame)
        return {
            "stream_frames": _index(gathered.frame_count)[laid.in_order],
            "stream_fps": np.asarray(gathered.fps, dtype=np.float64)[laid.in_order],
            "segment_stream": stream,
            "segment_item": item,
            "segment_span": span,
            "segment_layer": layer,
            **layout.slice_arrays(gathered.frame_boxes, rows[box], holder),
        }

    def products(self, gathered: StreamsGathered) -> Index:
        """Return how many products each stream has: (streams,)."""
        named = np.array([item is not None for item in gathered.segment_item], dtype=np.bool_)
        stream = _index(gathered.segment_stream)[named]
        return np.bincount(stream, minlength=len(gathered.units)).astype(np.int64)


def _items(gathered: StreamsGathered, laid: Layout) -> Index:
    """Return each gathered segment's item row, -1 for a missing product or an unknown item."""
    return columns.lookup(laid.item_id, [item or "" for item in gathered.segment_item])


def _check_segments(gathered: StreamsGathered, item: Index) -> None:
    frame_count = _index(gathered.frame_count)[_index(gathered.segment_stream)]
    outside = np.flatnonzero(_index(gathered.segment_end) > frame_count)
    for row in outside.tolist():
        gathered.problems.add(
            f"{gathered.segment_path(row)}.end",
            f"lies outside the stream, which has {int(frame_count[row]):,} frames",
        )
    for row in np.flatnonzero(item < 0).tolist():
        name = gathered.segment_item[row]
        if name:
            gathered.problems.add(
                f"{gathered.segment_path(row)}.item_id",
                f"no item {quoted(name)} is defined; add it to items, or put null",
            )


def _check_overlaps(gathered: StreamsGathered) -> None:
    """Name segments of one item that overlap an earlier one in their stream."""
    known = {name: row for row, name in enumerate(dict.fromkeys(gathered.segment_item))}
    item = np.array([known[name] for name in gathered.segment_item], dtype=np.int64)
    stream, start = _index(gathered.segment_stream), _index(gathered.segment_start)
    end = _index(gathered.segment_end)
    order = np.lexsort((end, start, item, stream))
    before, after = order[:-1], order[1:]
    same = (stream[before] == stream[after]) & (item[before] == item[after])
    for place in np.flatnonzero(same & (start[after] < end[before])).tolist():
        row, other = int(after[place]), int(before[place])
        name = gathered.segment_item[row]
        if name is not None:
            gathered.problems.add(
                gathered.segment_path(row),
                f"overlaps segments[{gathered.segment_number[other]}], which is of the same item "
                f"{quoted(name)}; make them one, or correct their times",
            )


def _check_frames(gathered: StreamsGathered) -> None:
    number = _index(gathered.frame_number)
    stream = _index(gathered.frame_unit)
    frame_count = _index(gathered.frame_count)
    names = list(gathered.units)
    for row in np.flatnonzero(number >= frame_count[stream]).tolist():
        unit = int(stream[row])
        gathered.problems.add(
            f"{gathered.unit_path(names[unit])}.frames.{int(number[row])}",
            f"lies outside the stream, which has {int(frame_count[unit]):,} frames",
        )


def _check_pieces(gathered: StreamsGathered, laid: Layout, item: Index) -> None:
    """Name pieces in a frame of segments with products that no image of their items shows.

    Frames outside segments, or in a missing product's, may show anything: none of it is judged.
    """
    stream = laid.unit_row[_index(gathered.segment_stream)]
    span = np.stack([_index(gathered.segment_start), _index(gathered.segment_end)], axis=1)
    layer = intervals.layers(stream, span)
    holder, piece = _holders(stream, span, layer, laid.piece_unit, laid.piece_frame)
    doubtful = columns.lookup(laid.item_id, list(gathered.doubtful))
    free = (item[holder] < 0) | np.isin(item[holder], doubtful)
    good = free | laid.shows(item[holder], laid.piece_instance[piece])
    fits = np.zeros(len(laid.piece_id), dtype=np.bool_)
    held = np.zeros(len(laid.piece_id), dtype=np.bool_)
    held[piece] = True
    fits[piece[good]] = True
    for row in np.flatnonzero(held & ~fits).tolist():
        gathered.problems.add(
            gathered.unit_path(laid.unit_id[laid.piece_unit[row]].decode()),
            f"frame {int(laid.piece_frame[row])} shows instance {int(laid.piece_id[row])}, which "
            "no image of the segment's item shows; add it to the gallery, or make it 0",
        )


def _holders(
    stream: Index, span: Index, layer: NDArray[np.uint32], at_stream: Index, at_frame: Index
) -> tuple[Index, Index]:
    """Find the segments that hold each frame: rows of segments, and of frames, in pairs."""
    found: list[tuple[Index, Index]] = []
    for rows in intervals.each_layer(layer):
        held = intervals.holding(stream[rows], span[rows], at_stream, 2 * at_frame)
        place = np.flatnonzero(held >= 0)
        found.append((rows[held[place]], place))
    return (
        np.concatenate([segment for segment, _ in found]),
        np.concatenate([place for _, place in found]),
    )


def _index(values: object) -> Index:
    return np.asarray(values, dtype=np.int64)
