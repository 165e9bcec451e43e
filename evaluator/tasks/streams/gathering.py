"""A streams truth's rows as a reader finds them."""

from array import array
from collections.abc import Callable

from evaluator.errors import Problems
from evaluator.products.gathering import Gathered


class StreamsGathered(Gathered):
    """Streams with their segments, frames and the gallery, in the order of reading.

    `segment_path` has the place of each segment in the source, made when it is needed.
    """

    unit = "stream"

    def __init__(
        self,
        problems: Problems,
        unit_path: Callable[[str], str],
        item_path: Callable[[str], str],
    ) -> None:
        super().__init__(problems, unit_path, item_path)
        self.frame_count = array("q")
        self.fps = array("d")
        self.segment_stream = array("q")
        self.segment_number = array("q")
        self.segment_item: list[str | None] = []
        self.segment_start = array("q")
        self.segment_end = array("q")

    def add_stream(self, stream: str, split: str | None, frame_count: int, fps: float) -> int:
        """Append a stream and return its row; -1, with a problem, if there is one of its id."""
        row = self.add_unit(stream, split)
        if row >= 0:
            self.frame_count.append(frame_count)
            self.fps.append(fps)
        return row

    def add_segment(self, stream: int, number: int, item: str | None, start: int, end: int) -> None:
        """Append a stream's segment, the one with this number in its list."""
        self.segment_stream.append(stream)
        self.segment_number.append(number)
        self.segment_item.append(item)
        self.segment_start.append(start)
        self.segment_end.append(end)

    def segment_path(self, segment: int) -> str:
        """Return where in the source a gathered segment stands."""
        stream = list(self.units)[self.segment_stream[segment]]
        return f"{self.unit_path(stream)}.segments[{self.segment_number[segment]}]"
