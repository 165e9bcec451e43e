"""An organizer's truth, checked as a whole and turned into the arrays of `truth`.

Rows are put in one order, so that the same truth gives the same bytes in whatever order, layout
or packing it came.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluator import columns, compiled, files, splits
from evaluator.compiled import TruthManifest
from evaluator.errors import InvalidFile, InvalidTruth, Problems, quoted
from evaluator.files import Limits
from evaluator.tasks.clips import tables, truth_json, truth_native
from evaluator.tasks.clips.gathering import Gathered
from evaluator.tasks.clips.prediction import Notes
from evaluator.tasks.clips.settings import TASK
from evaluator.tasks.clips.truth import FRAME_BITS, VERSION

LIMITS = Limits(compressed_bytes=1 << 30, decompressed_bytes=1 << 31)

Index = NDArray[np.int64]


def compile_truth(
    source: Path, folder: Path, *, split_seed: str | None, private_share: float
) -> TruthManifest:
    """Check a truth and write it as arrays; InvalidTruth names its problems."""
    splits.check(split_seed, private_share)
    notes, problems = Notes(), Problems()
    try:
        gathered = _gather(source, problems, notes)
    except InvalidFile as error:
        raise InvalidTruth(error.problems, error.total) from error
    if not problems.total and not gathered.clips:
        problems.add("", "the truth holds no clip; it needs at least one")
    problems.refuse(InvalidTruth)
    split = splits.assign(
        gathered.clips, gathered.clip_split, seed=split_seed, private_share=private_share
    )
    if split.all():
        problems.add("", "no clip is in split A; the public board needs at least one")
    arrays = _arrays(gathered, split, problems)
    problems.refuse(InvalidTruth)
    return compiled.write(
        folder,
        arrays,
        task=TASK,
        version=VERSION,
        counts=_counts(gathered, split),
        splits=splits.NAMES if split.any() else splits.NAMES[:1],
        warnings=notes.sentences(),
    )


def _gather(source: Path, problems: Problems, notes: Notes) -> Gathered:
    """Read a truth in whichever layout it is."""
    if source.is_dir() or (files.is_zip(source) and truth_native.is_native(source)):
        return truth_native.read(source, problems, notes)
    return truth_json.read(files.read(source, LIMITS), problems, notes)


def _arrays(
    gathered: Gathered, split: NDArray[np.uint8], problems: Problems
) -> dict[str, NDArray[np.generic]]:
    """Sort the rows and number them; what does not fit together is added to `problems`."""
    clip_id, clip_row = columns.ranked(list(gathered.clips))
    item_id, item_row = columns.ranked(list(gathered.items))
    image_name, name_row = columns.ranked([name for _, name in gathered.images])
    label_name, label_row = columns.ranked(list(gathered.frame_boxes.labels))
    in_order = np.argsort(clip_row)
    clip_item = _clip_items(gathered, item_id, problems)[in_order]
    frames = np.array(list(gathered.frames), dtype=np.int64).reshape(-1, 2)
    frame_key = (clip_row[frames[:, 0]] << FRAME_BITS) | frames[:, 1]
    images = np.array([item for item, _ in gathered.images], dtype=np.int64)
    image_key = item_row[images] * len(image_name) + name_row
    pieces = tables.of(gathered.frame_boxes, np.argsort(np.argsort(frame_key)), label_row)
    showings = tables.of(gathered.image_boxes, np.argsort(np.argsort(image_key)), None)
    frame_key, image_key = np.sort(frame_key), np.sort(image_key)
    instance_id = np.unique(showings.instance)
    piece_instance = columns.find(instance_id, pieces.instance)
    shown = columns.find(instance_id, showings.instance)
    shown_by = image_key[showings.group] // max(1, len(image_name))
    piece_clip = frame_key[pieces.group] >> FRAME_BITS
    known = _known(clip_item[piece_clip], piece_instance, shown_by, shown, len(instance_id))
    _name_unknown(gathered, clip_id[piece_clip], frame_key[pieces.group], pieces, known, problems)
    return {
        "clip_id": clip_id,
        "clip_item": clip_item,
        "clip_split": split[in_order],
        "item_id": item_id,
        "image_name": image_name,
        "image_key": image_key,
        "instance_id": instance_id,
        "frame_key": frame_key,
        "frame_piece_start": columns.starts(np.bincount(pieces.group, minlength=len(frame_key))),
        "piece_instance": piece_instance,
        "showing_key": showings.group * len(instance_id) + shown,
        **_boxes(pieces, showings),
        "label_name": label_name,
    }


def _boxes(pieces: tables.Table, showings: tables.Table) -> dict[str, NDArray[np.generic]]:
    """Return the arrays that are a table's own."""
    return {
        "piece_box_start": pieces.box_start,
        "frame_box": pieces.box,
        "frame_box_label": pieces.label,
        "frame_box_viewpoint": pieces.viewpoint,
        "frame_box_display": pieces.display,
        "showing_box_start": showings.box_start,
        "image_box": showings.box,
    }


def _clip_items(gathered: Gathered, item_id: columns.Ids, problems: Problems) -> Index:
    """Return each clip's item row, -1 for a missing product; name items that nobody defines."""
    named = [item or "" for item in gathered.clip_item]
    rows = columns.lookup(item_id, named)
    for clip, item, row in zip(gathered.clips, named, rows.tolist(), strict=True):
        if item and row < 0:
            problems.add(
                f"{gathered.clip_path(clip)}.item_id",
                f"no item {quoted(item)} is defined; add it to items, or put null",
            )
    return rows


def _known(
    item: Index, instance: Index, shown_by: Index, shown: Index, instances: int
) -> NDArray[np.bool_]:
    """Whether each piece in a frame is shown by some image of its clip's item, if it has one."""
    pairs = np.unique(shown_by * instances + shown)
    sought = columns.find(pairs, item * instances + instance, (item >= 0) & (instance >= 0))
    found: NDArray[np.bool_] = (sought >= 0) | (item < 0)
    return found


def _name_unknown(
    gathered: Gathered,
    clip: columns.Ids,
    frame_key: Index,
    pieces: tables.Table,
    known: NDArray[np.bool_],
    problems: Problems,
) -> None:
    """Name the pieces that no gallery image shows."""
    for row in np.flatnonzero(~known).tolist():
        frame = int(frame_key[row]) & ((1 << FRAME_BITS) - 1)
        problems.add(
            gathered.clip_path(clip[row].decode()),
            f"frame {frame} shows instance {int(pieces.instance[row])}, which no image of the "
            "clip's item shows; add it to the gallery, or make it 0",
        )


def _counts(gathered: Gathered, split: NDArray[np.uint8]) -> dict[str, object]:
    """Count what the truth holds, in all and per split."""
    product = np.array([item is not None for item in gathered.clip_item])
    frame_clip = np.array([clip for clip, _ in gathered.frames], dtype=np.int64)
    box_frame = np.asarray(gathered.frame_boxes.group, dtype=np.int64)
    in_splits = {
        name: {
            "clips": int((split == number).sum()),
            "products": int((product & (split == number)).sum()),
            "frames": int((split[frame_clip] == number).sum()),
            "frame_boxes": int((split[frame_clip[box_frame]] == number).sum()),
        }
        for number, name in enumerate(splits.NAMES)
        if (split == number).any()
    }
    frame_boxes, image_boxes = len(box_frame), len(gathered.image_boxes.group)
    return {
        "clips": len(product),
        "products": int(product.sum()),
        "items": len(gathered.items),
        "images": len(gathered.images),
        "frames": len(gathered.frames),
        "boxes": frame_boxes + image_boxes,
        "frame_boxes": frame_boxes,
        "image_boxes": image_boxes,
        "splits": in_splits,
    }
