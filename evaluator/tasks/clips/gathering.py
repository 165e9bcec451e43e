"""A clips truth's rows as a reader finds them."""

from collections.abc import Callable

from evaluator.errors import Problems
from evaluator.products.gathering import Gathered


class ClipsGathered(Gathered):
    """Clips with their items, frames and the gallery, in the order of reading."""

    unit = "clip"

    def __init__(
        self,
        problems: Problems,
        unit_path: Callable[[str], str],
        item_path: Callable[[str], str],
    ) -> None:
        super().__init__(problems, unit_path, item_path)
        self.clip_item: list[str | None] = []

    def add_clip(self, clip: str, item: str | None, split: str | None = None) -> int:
        """Append a clip and return its row; -1, with a problem, if there is one of its id."""
        row = self.add_unit(clip, split)
        if row >= 0:
            self.clip_item.append(item)
        return row
