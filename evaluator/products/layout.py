"""A gathered truth's gallery, frames and boxes, sorted and numbered into the arrays of `truth`.

Rows are put in one order, so that the same truth gives the same bytes in whatever order, layout or
packing it came. What units hold besides frames is laid out by the task.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluator import columns
from evaluator.compiled import Arrays
from evaluator.products import slices, tables
from evaluator.products.gathering import FRAME_BITS, BoxRows, Gathered

Index = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Layout:
    """The arrays, and what tasks need to check and finish them.

    `unit_row` is each gathered unit's row in sorted order, `in_order` the gathered unit of each
    row. (pieces,): `piece_unit`, `piece_frame`, `piece_id` (the instance's id) and
    `piece_instance` (its row, -1: in no image). `shown` are keys of an item's instances.
    """

    arrays: Arrays
    unit_id: columns.Ids
    unit_row: Index
    in_order: Index
    item_id: columns.Ids
    piece_unit: Index
    piece_frame: Index
    piece_id: Index
    piece_instance: Index
    instances: int
    shown: Index

    def shows(self, item: Index, instance: Index) -> Flags:
        """Whether some image of the item shows the instance: (n,), False for rows of -1."""
        keys = item * self.instances + instance
        found: Flags = columns.find(self.shown, keys, (item >= 0) & (instance >= 0)) >= 0
        return found


def of(gathered: Gathered) -> Layout:
    """Sort and number what was gathered."""
    unit_id, unit_row = columns.ranked(list(gathered.units))
    item_id, item_row = columns.ranked(list(gathered.items))
    image_name, name_row = columns.ranked(list(gathered.names))
    frame_key = (unit_row[_index(gathered.frame_unit)] << FRAME_BITS) | _index(
        gathered.frame_number
    )
    image_key = item_row[_index(gathered.image_item)] * len(image_name)
    image_key += name_row[_index(gathered.image_name)]
    pieces = tables.of(gathered.frame_boxes, _ranks(frame_key))
    showings = tables.of(gathered.image_boxes, _ranks(image_key))
    frame_key, image_key = np.sort(frame_key), np.sort(image_key)
    instance_id = np.unique(showings.instance)
    shown = columns.find(instance_id, showings.instance)
    shown_by = image_key[showings.group] // max(1, len(image_name))
    piece_instance = columns.find(instance_id, pieces.instance)
    arrays = {
        "unit_id": unit_id,
        "item_id": item_id,
        "image_name": image_name,
        "image_key": image_key,
        "instance_id": instance_id,
        "frame_key": frame_key,
        "piece_instance": piece_instance.astype(np.int32),
        "showing_key": showings.group * len(instance_id) + shown,
    }
    return Layout(
        arrays={**arrays, **_boxes(pieces, showings, len(frame_key))},
        unit_id=unit_id,
        unit_row=unit_row,
        in_order=np.argsort(unit_row),
        item_id=item_id,
        piece_unit=frame_key[pieces.group] >> FRAME_BITS,
        piece_frame=frame_key[pieces.group] & ((1 << FRAME_BITS) - 1),
        piece_id=pieces.instance,
        piece_instance=piece_instance,
        instances=len(instance_id),
        shown=np.unique(shown_by * len(instance_id) + shown),
    )


def frame_box_places(gathered: Gathered) -> tuple[Index, Index, Index]:
    """Return gathered unit and frame number of each frame box of an instance, and which they are.

    The last is (boxes,): rows of `gathered.frame_boxes`.
    """
    rows = np.flatnonzero(_index(gathered.frame_boxes.instance) > 0)
    frame = _index(gathered.frame_boxes.group)[rows]
    return _index(gathered.frame_unit)[frame], _index(gathered.frame_number)[frame], rows


def slice_arrays(boxes: BoxRows, rows: Index, target: Index) -> Arrays:
    """Return the arrays of `slices` for boxes of some rows, each of a target: (n,) both."""
    labels = [label for label in boxes.labels if label]
    ranked, rank = columns.ranked(labels)
    label = _index(boxes.label)[rows]
    if len(rank):
        label = np.where(label >= 0, rank[label], -1)
    values = {"label": (label, [name.decode() for name in ranked.tolist()])}
    for kind, column in (("viewpoint", boxes.viewpoint), ("display", boxes.display)):
        numbers, row = np.unique(_index(column)[rows], return_inverse=True)
        given = np.where(numbers[row] >= 0, row, -1) if len(row) else row
        values[kind] = (given, [str(number) for number in numbers.tolist()])
    return slices.arrays(target, values)


def _boxes(pieces: tables.Table, showings: tables.Table, frames: int) -> Arrays:
    """Return the arrays that are the tables' own."""
    frame_piece_start = columns.starts(np.bincount(pieces.group, minlength=frames))
    return {
        "frame_piece_start": frame_piece_start.astype(np.int32),
        "piece_box_start": pieces.box_start.astype(np.int32),
        "frame_box": _smallest(pieces.box),
        "showing_box_start": showings.box_start.astype(np.int32),
        "image_box": _smallest(showings.box),
    }


def _smallest(box: NDArray[np.float64]) -> NDArray[np.int16] | NDArray[np.float64]:
    """Return boxes as int16 if that is exact: a quarter of the memory, for most contests."""
    small = box.clip(-(2**15), 2**15 - 1).astype(np.int16)
    return small if np.array_equal(small, box) else box


def _index(values: object) -> Index:
    return np.asarray(values, dtype=np.int64)


def _ranks(keys: Index) -> Index:
    """Return each key's place in sorted order."""
    ranks = np.empty(len(keys), dtype=np.int64)
    ranks[np.argsort(keys, kind="stable")] = np.arange(len(keys))
    return ranks
