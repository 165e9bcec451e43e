"""The contest at full size, written as files: a truth, and predictions of 3 pairs a clip.

70,000 clips, 82,173 items, 1,042,178 images and frames, 1,654,780 boxes; `share` makes a part of
it. Counts are exact and the same seed gives the same files. Boxes are drawn more simply than in
`evaluator.demo`, and fast: this writes 170 MB in some seconds.
"""

import random
from dataclasses import dataclass
from pathlib import Path

CLIPS, ITEMS = 70_000, 82_173
SCENES = 1_042_178  # images and frames
BOXES = 1_654_780
IMAGES = 6  # of each item
PAIRS = 3
TWO_PIECES = 0.35
FRAMES = [20 * number for number in range(21)]
LABELS = ("short sleeve top", "long sleeve dress", "trousers", "skirt", "coat")


@dataclass(frozen=True)
class Files:
    """Where a contest was written, and how large it is."""

    truth: Path
    predictions: Path
    clips: int
    items: int
    scenes: int
    boxes: int


@dataclass
class Scene:
    """An image or a frame: its name, and the instances and boxes in it."""

    name: str
    boxes: list[tuple[int, tuple[int, int, int, int]]]


class Maker:
    """Makes one contest, from a seed."""

    def __init__(self, share: float, seed: int) -> None:
        self.chance = random.Random(seed)
        self.clips = round(CLIPS * share)
        self.items = round(ITEMS * share)
        scenes, boxes = round(SCENES * share), round(BOXES * share)
        self.frames_left = scenes - self.items * IMAGES
        self.scenes_left = scenes
        self.second_boxes_left = boxes - scenes
        self.scenes, self.boxes = scenes, boxes

    def box(self, width: int, height: int) -> tuple[int, int, int, int]:
        r = self.chance.random
        x, y = int(0.4 * width * r()), int(0.4 * height * r())
        return x, y, x + int(width * (0.3 + 0.3 * r())), y + int(height * (0.3 + 0.3 * r()))

    def scene(self, name: str, pieces: list[int], size: tuple[int, int], *, first: bool) -> Scene:
        """A scene of one box, or of two where the budget says so; a first image shows all."""
        two = self.chance.random() * self.scenes_left < self.second_boxes_left
        two = self.second_boxes_left > 0 and (two or (first and len(pieces) > 1))
        two = two or self.second_boxes_left >= self.scenes_left
        self.scenes_left -= 1
        self.second_boxes_left -= two
        # A second piece is there where there is a second box, else the first piece alone.
        second = pieces[1] if len(pieces) > 1 else 0
        instances = [pieces[0], second][: 1 + two]
        return Scene(name, [(one, self.box(*size)) for one in instances])

    def frames(self, pieces: list[int], clips_left: int) -> list[Scene]:
        mean = self.frames_left / clips_left
        count = round(mean) if clips_left == 1 else int(mean + self.chance.random())
        self.frames_left -= count
        numbers = sorted(self.chance.sample(FRAMES, count))
        return [self.scene(str(number), pieces, (540, 960), first=False) for number in numbers]


def write(folder: Path, *, share: float = 1.0, seed: int = 1) -> Files:
    """Write truth.json and predictions.json to a folder."""
    maker = Maker(share, seed)
    truth, predictions = folder / "truth.json", folder / "predictions.json"
    galleries: list[list[Scene]] = []
    with truth.open("w") as out, predictions.open("w") as guesses:
        out.write('{"items": {')
        for number in range(maker.items):
            pieces = pieces_of(maker, number)
            images = [maker.scene(str(n), pieces, (800, 800), first=n == 0) for n in range(IMAGES)]
            galleries.append(images)
            comma = "" if number == 0 else ", "
            out.write(f'{comma}"{number:06d}": {{"images": {scenes_json(images)}}}')
        out.write('}, "clips": {')
        guesses.write("{")
        for number in range(maker.clips):
            shown = sorted({one for s in galleries[number] for one, _ in s.boxes if one})
            frames = maker.frames(shown, maker.clips - number)
            comma = "" if number == 0 else ", "
            out.write(
                f'{comma}"{number:06d}": {{"item_id": "{number:06d}", "split": '
                f'"{"AB"[number % 2]}", "frames": {scenes_json(frames)}}}'
            )
            guesses.write(comma + prediction(maker, number, frames, galleries))
        out.write("}}")
        guesses.write("}")
    assert maker.frames_left == maker.scenes_left == maker.second_boxes_left == 0
    return Files(truth, predictions, maker.clips, maker.items, maker.scenes, maker.boxes)


def pieces_of(maker: Maker, item: int) -> list[int]:
    first = 20_000_000 + item * 100 + 1
    return [first, first + 1] if maker.chance.random() < TWO_PIECES else [first]


def scenes_json(scenes: list[Scene]) -> str:
    def boxes(scene: Scene) -> str:
        return ", ".join(
            f'{{"instance_id": {one}, "box": [{b[0]}, {b[1]}, {b[2]}, {b[3]}], '
            f'"label": "{LABELS[one % 5]}", "viewpoint": {b[0] % 3}, "display": {b[1] % 2}}}'
            for one, b in scene.boxes
        )

    return "{" + ", ".join(f'"{scene.name}": [{boxes(scene)}]' for scene in scenes) + "}"


def prediction(maker: Maker, clip: int, frames: list[Scene], galleries: list[list[Scene]]) -> str:
    """Three pairs of the right item in three of four clips, some boxes a little off, some wrong."""
    r = maker.chance.random
    item = clip if r() < 0.75 else int(r() * maker.items)
    scene = frames[int(r() * len(frames))] if frames else Scene("0", [(0, (0, 0, 50, 50))])
    parts = []
    for n in range(PAIRS):
        instance, frame_box = scene.boxes[n % len(scene.boxes)]
        image, item_box = shown(galleries[item], instance, n)
        off = 0.04 * r() if r() < 0.95 else 0.7
        parts.append(
            f'{{"img_name": "{image}", "item_box": {moved(item_box, off)}, '
            f'"frame_box": {moved(frame_box, off)}}}'
        )
    frame = scene.name if r() < 0.96 else "7"
    return (
        f'"{clip:06d}": {{"item_id": "{item:06d}", "frame_index": {frame}, '
        f'"result": [{", ".join(parts)}]}}'
    )


def shown(gallery: list[Scene], instance: int, skip: int) -> tuple[str, tuple[int, int, int, int]]:
    """An image of the item that shows the instance, if one does, and its box."""
    found = [(scene.name, box) for scene in gallery for one, box in scene.boxes if one == instance]
    return found[skip % len(found)] if found else (gallery[0].name, gallery[0].boxes[0][1])


def moved(box: tuple[int, int, int, int], share: float) -> str:
    dx, dy = int((box[2] - box[0]) * share), int((box[3] - box[1]) * share)
    return f"[{box[0] + dx}, {box[1] + dy}, {box[2] + dx}, {box[3] + dy}]"
