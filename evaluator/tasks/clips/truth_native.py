"""A truth in the contest's own layout, a folder or a zip of small JSON files, read into rows.

`video_annotation/{clip}.json` and `image_annotation/{item}/{img}.json`, at any depth; other files
are left alone. A clip's item is the item of the same id; without one it is a missing product.
"""

from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from evaluator import files, strict_json
from evaluator.errors import InvalidFile, Notes, Problems, quoted
from evaluator.products.annotation import check_boxes, check_frame, check_id, note_unknown
from evaluator.products.prediction import image_name
from evaluator.strict_json import NotJsonError, kind
from evaluator.tasks.clips.gathering import ClipsGathered

VIDEOS = "video_annotation"
IMAGES = "image_annotation"
VIDEO_KEYS = ("video_id", "frames")
FRAME_KEYS = ("frame_index", "annotations")
IMAGE_KEYS = ("item_id", "img_name", "annotations")
LARGEST_FILE = 16 << 20

Members = Iterator[tuple[PurePosixPath, Callable[[], bytes]]]


def is_native(source: Path) -> bool:
    """Whether a source is in this layout; a folder always is taken to be."""
    if source.is_dir() or not files.is_zip(source):
        return source.is_dir()
    with files.open_zip(source) as archive:
        return any(_role(PurePosixPath(name)) for name in archive.namelist())


def read(source: Path, problems: Problems, notes: Notes) -> ClipsGathered:
    """Read a folder or zip; what is wrong with it is added to `problems`."""
    gathered = ClipsGathered(
        problems,
        unit_path=lambda clip: f"{VIDEOS}/{quoted(clip)}.json",
        item_path=lambda item: f"{IMAGES}/{quoted(item)}",
    )
    if source.is_dir():
        _read_all(_folder_members(source), gathered, notes)
    else:
        with files.open_zip(source) as archive:
            members = (
                (
                    PurePosixPath(member.filename),
                    lambda member=member: files.member_bytes(archive, member, LARGEST_FILE),
                )
                for member in archive.infolist()
            )
            _read_all(members, gathered, notes)
    gathered.clip_item = [clip if clip in gathered.items else None for clip in gathered.units]
    return gathered


def _folder_members(folder: Path) -> Members:
    for path in sorted(folder.rglob("*.json")):
        yield PurePosixPath(path.relative_to(folder).as_posix()), path.read_bytes


def _role(path: PurePosixPath) -> str:
    """Return which kind of annotation a file is by its path, or nothing."""
    if path.suffix != ".json" or path.name.startswith("._"):
        return ""
    if path.parent.name == VIDEOS:
        return VIDEOS
    return IMAGES if path.parent.parent.name == IMAGES else ""


def _read_all(members: Members, gathered: ClipsGathered, notes: Notes) -> None:
    readers = {VIDEOS: _video, IMAGES: _image}
    for path, content in members:
        role = _role(path)
        if not role:
            continue
        place = quoted(str(path), 120)
        found = _object(content, place, gathered.problems)
        if found is not None:
            readers[role](path, place, found, gathered, notes)
        elif role == IMAGES:
            gathered.add_item(path.parent.name)
            gathered.doubtful.add(path.parent.name)


def _object(
    content: Callable[[], bytes], place: str, problems: Problems
) -> dict[str, object] | None:
    """Return a file's JSON object; None, with a problem added, if it holds none."""
    try:
        data = content()
        value = strict_json.loads(strict_json.utf8(data))
    except (NotJsonError, InvalidFile) as error:
        problems.add(place, str(error))
        return None
    for where, message in strict_json.faults(value, f"{place}:"):
        problems.add(where, message)
    if not isinstance(value, dict):
        problems.add(place, f"must hold a JSON object, not {kind(value)}")
        return None
    return value


def _video(
    path: PurePosixPath, place: str, found: dict[str, object], gathered: ClipsGathered, notes: Notes
) -> None:
    problems, clip = gathered.problems, path.stem
    check_id(clip, place, problems)
    note_unknown(found, VIDEO_KEYS, f"{place}:", notes)
    if found.get("video_id", clip) != clip:
        problems.add(f"{place}:video_id", "is another than the file's name")
    row = gathered.add_clip(clip, None)
    if row < 0:
        return
    frames = found.get("frames")
    if not isinstance(frames, list):
        problems.add(f"{place}:frames", "must be a list of frames; [] if there is none")
        return
    for n, frame in enumerate(frames):
        here = f"{place}:frames[{n}]"
        if not isinstance(frame, dict):
            problems.add(here, f"must be an object, not {kind(frame)}")
            continue
        note_unknown(frame, FRAME_KEYS, here, notes)
        number = check_frame(frame.get("frame_index"), f"{here}.frame_index", problems)
        annotated = check_boxes(frame.get("annotations"), f"{here}.annotations", problems, notes)
        gathered.add_frame(row, number, annotated, here)


def _image(
    path: PurePosixPath, place: str, found: dict[str, object], gathered: ClipsGathered, notes: Notes
) -> None:
    problems, item = gathered.problems, path.parent.name
    before = problems.total
    check_id(item, place, problems)
    name = check_id(path.stem, place, problems)
    note_unknown(found, IMAGE_KEYS, f"{place}:", notes)
    if found.get("item_id", item) != item:
        problems.add(f"{place}:item_id", "is another than the folder's name")
    stated = found.get("img_name", name)
    if not isinstance(stated, str) or image_name(stated) != image_name(name):
        problems.add(f"{place}:img_name", "is another than the file's name")
    row = gathered.add_item(item)
    annotated = check_boxes(found.get("annotations"), f"{place}:annotations", problems, notes)
    gathered.add_image(row, name, annotated, place)
    if problems.total > before:
        gathered.doubtful.add(item)
