"""A made-up streams contest, from a seed: clips of `clips` laid on whole streams, with gaps.

Clips last 420 frames, 25 a second. A missing product's clip leaves its frames in the stream and no
segment. The same seed gives the same files on every machine.
"""

import random
from typing import TypedDict

from evaluator import splits
from evaluator.demo import clips
from evaluator.demo.clips import Box, Item, Pair, Prediction

FPS = 25
CLIP_FRAMES = 420
LONGEST_GAP = 400
SHIFT = 60  # frames by which a right segment's ends are off, at most


class Segment(TypedDict):
    """A true segment."""

    item_id: str | None
    start: int
    end: int


class Stream(TypedDict):
    """A stream of the truth."""

    frame_count: int
    fps: int
    split: str
    segments: list[Segment]
    frames: dict[str, list[Box]]


class StreamsTruth(TypedDict):
    """A truth as organizers upload it."""

    streams: dict[str, Stream]
    items: dict[str, Item]


class PredictedSegment(TypedDict):
    """A predicted segment."""

    item_id: str
    start: int
    end: int
    frame_index: int | str
    result: list[Pair]


def make_streams_truth(
    *,
    streams: int = 50,
    clips_per_stream: int = 40,
    missing_share: float = 0.0,
    private_share: float = 0.0,
    seed: int = 0,
) -> StreamsTruth:
    """Make a truth; `missing_share` of the clips have no product in the gallery.

    `private_share` of the streams are in split B, chosen by hash.
    """
    chance = random.Random(f"podium streams {seed}")  # noqa: S311 -- a demo, not a secret
    base = clips.make_truth(
        clips=streams * clips_per_stream, missing_share=missing_share, seed=seed
    )
    parts = list(base["clips"].values())
    truth: StreamsTruth = {"streams": {}, "items": base["items"]}
    for number in range(streams):
        name = f"S{number:04d}"
        private = splits.is_private(str(seed), name, private_share)
        of_stream = parts[number * clips_per_stream : (number + 1) * clips_per_stream]
        truth["streams"][name] = _stream(chance, of_stream, splits.NAMES[private])
    return truth


def make_streams_predictions(
    truth: StreamsTruth,
    *,
    item_accuracy: float = 0.75,
    frame_accuracy: float = 0.95,
    box_accuracy: float = 0.95,
    silence: float = 0.0,
    seed: int = 0,
) -> dict[str, list[PredictedSegment]]:
    """Make a team's predictions, each accuracy the chance to be right where the level before is.

    `silence` is the share of segments left out. Times are a little off.
    """
    chance = random.Random(f"podium stream predictions {seed}")  # noqa: S311 -- a demo
    found: dict[str, list[PredictedSegment]] = {}
    for name, stream in truth["streams"].items():
        # A stream's segments are predicted as clips of their own.
        apart: clips.Truth = {"clips": {}, "items": truth["items"]}
        for number, segment in enumerate(stream["segments"]):
            apart["clips"][str(number)] = {
                "item_id": segment["item_id"],
                "split": "A",
                "frames": _inside(stream, segment),
            }
        predicted = clips.make_predictions(
            apart,
            item_accuracy=item_accuracy,
            frame_accuracy=frame_accuracy,
            box_accuracy=box_accuracy,
            silence=silence,
            seed=_seed_of(seed, name),
        )
        found[name] = [
            _segment(chance, stream, stream["segments"][int(number)], one)
            for number, one in predicted.items()
        ]
    return found


def _seed_of(seed: int, name: str) -> int:
    """Return a number of its own for each seed and stream, the same everywhere."""
    return int.from_bytes(f"{seed}:{name}".encode(), "big")


def _stream(chance: random.Random, parts: list[clips.Clip], split: str) -> Stream:
    at = int(chance.random() * LONGEST_GAP)
    stream: Stream = {"frame_count": 0, "fps": FPS, "split": split, "segments": [], "frames": {}}
    for clip in parts:
        for frame, boxes in clip["frames"].items():
            stream["frames"][str(at + int(frame))] = boxes
        if clip["item_id"] is not None:
            stream["segments"].append(
                {"item_id": clip["item_id"], "start": at, "end": at + CLIP_FRAMES}
            )
        at += CLIP_FRAMES + int(chance.random() * LONGEST_GAP)
    stream["frame_count"] = at + 1
    return stream


def _inside(stream: Stream, segment: Segment) -> dict[str, list[Box]]:
    return {
        str(int(frame) - segment["start"]): boxes
        for frame, boxes in stream["frames"].items()
        if segment["start"] <= int(frame) < segment["end"]
    }


def _segment(
    chance: random.Random, stream: Stream, true: Segment, one: Prediction
) -> PredictedSegment:
    """Lay a clip's prediction on the stream, its ends a little off."""
    start = max(0, true["start"] + int((2 * chance.random() - 1) * SHIFT))
    end = min(stream["frame_count"], true["end"] + int((2 * chance.random() - 1) * SHIFT))
    frame = true["start"] + int(one["frame_index"])
    as_string = isinstance(one["frame_index"], str)
    return {
        "item_id": one["item_id"],
        "start": start,
        "end": end,
        "frame_index": str(frame) if as_string else frame,
        "result": one["result"],
    }
