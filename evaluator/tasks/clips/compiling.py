"""An organizer's clips truth, checked as a whole and turned into the arrays of `truth`."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluator import columns
from evaluator.compiled import Arrays
from evaluator.errors import Notes, Problems, quoted
from evaluator.products import compiling, layout, truth_json
from evaluator.products.compiling import Compiler
from evaluator.products.layout import Layout
from evaluator.tasks.clips import truth_native
from evaluator.tasks.clips.gathering import ClipsGathered
from evaluator.tasks.clips.settings import TASK
from evaluator.tasks.clips.truth import VERSION
from evaluator.tasks.clips.truth_json import ClipReader

Index = NDArray[np.int64]


class ClipsCompiler(Compiler[ClipsGathered]):
    """Clips, each of one item or none."""

    task = TASK
    version = VERSION

    def gather(self, source: Path, problems: Problems, notes: Notes) -> ClipsGathered:
        """Read a truth in whichever layout it is."""
        if truth_native.is_native(source):
            return truth_native.read(source, problems, notes)
        gathered = ClipsGathered(
            problems,
            unit_path=lambda clip: f"clips.{quoted(clip)}",
            item_path=lambda item: f"items.{quoted(item)}",
        )
        truth_json.read(compiling.source_bytes(source), ClipReader(gathered, notes))
        return gathered

    def arrays(self, gathered: ClipsGathered, laid: Layout) -> Arrays:
        """Return the clips' own arrays, and what they are sliced by."""
        named = [item or "" for item in gathered.clip_item]
        clip, _, rows = layout.frame_box_places(gathered)
        return {
            "clip_item": columns.lookup(laid.item_id, named)[laid.in_order],
            **layout.slice_arrays(gathered.frame_boxes, rows, laid.unit_row[clip]),
        }

    def check(self, gathered: ClipsGathered, laid: Layout) -> None:
        """Name items that nobody defines, and pieces that no image of the clip's item shows."""
        named = [item or "" for item in gathered.clip_item]
        rows = columns.lookup(laid.item_id, named)
        for clip, item, row in zip(gathered.units, named, rows.tolist(), strict=True):
            if item and row < 0:
                gathered.problems.add(
                    f"{gathered.unit_path(clip)}.item_id",
                    f"no item {quoted(item)} is defined; add it to items, or put null",
                )
        doubtful = columns.lookup(laid.item_id, list(gathered.doubtful))
        piece_item = rows[laid.in_order][laid.piece_unit]
        judged = (piece_item >= 0) & ~np.isin(piece_item, doubtful)
        for row in np.flatnonzero(judged & ~laid.shows(piece_item, laid.piece_instance)).tolist():
            gathered.problems.add(
                gathered.unit_path(laid.unit_id[laid.piece_unit[row]].decode()),
                f"frame {int(laid.piece_frame[row])} shows instance {int(laid.piece_id[row])}, "
                "which no image of the clip's item shows; add it to the gallery, or make it 0",
            )

    def products(self, gathered: ClipsGathered) -> Index:
        """Return how many products each clip has: (clips,)."""
        return np.array([item is not None for item in gathered.clip_item], dtype=np.int64)
