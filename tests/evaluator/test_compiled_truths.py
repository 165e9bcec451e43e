"""A compiled truth has the same bytes every time, opens cheaply, and is refused when damaged."""

import gzip
import hashlib
import io
import json
import shutil
import zipfile

import numpy as np
import pytest

from evaluator import InvalidTruth, demo
from tests.evaluator.conftest import predict


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_truth_gives_the_same_bytes_in_any_order_and_packing(
    clips, compile_to, truth_json, tmp_path
):
    compile_to(truth_json)
    backwards = json.loads(json.dumps(truth_json), object_pairs_hook=lambda p: dict(p[::-1]))
    for frame in backwards["clips"]["000001"]["frames"].values():
        frame.reverse()
    compile_to(backwards, "backwards")
    packed = tmp_path / "packed"
    packed.write_bytes(gzip.compress(json.dumps(truth_json, indent=2).encode()))
    clips.compile_truth(packed, tmp_path / "from_gzip")
    assert bytes_of(tmp_path / "truth") == bytes_of(tmp_path / "backwards")
    assert bytes_of(tmp_path / "truth") == bytes_of(tmp_path / "from_gzip")


def test_a_zip_with_one_json_is_a_truth_too(clips, compile_to, truth_json, tmp_path):
    truth = compile_to(truth_json)
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.writestr("truth.json", json.dumps(truth_json))
    assert clips.compile_truth(tmp_path / "t.zip", tmp_path / "b").digest == truth.digest


def test_the_contests_folder_and_zip_give_the_bytes_of_the_json(clips, compile_to, tmp_path):
    made = demo.make_truth(clips=60, missing_share=0.2, seed=4)
    truth = compile_to(made)
    demo.make_native_zip(made, tmp_path / "native.zip")
    with zipfile.ZipFile(tmp_path / "native.zip") as archive:
        archive.extractall(tmp_path / "native" / "train")
    for source in ("native.zip", "native"):
        clips.compile_truth(tmp_path / source, tmp_path / f"from_{source}")
        assert bytes_of(tmp_path / f"from_{source}") == bytes_of(tmp_path / "truth")
    assert truth.digest


def test_the_digest_follows_the_content(compile_to, truth_json):
    first = compile_to(truth_json)
    truth_json["clips"]["000002"]["frames"]["20"][0]["box"][3] = 51
    assert compile_to(truth_json, "moved").digest != first.digest


def test_counts_are_of_all_and_of_each_split(truth):
    counts = truth.manifest.counts
    assert {name: counts[name] for name in counts if name != "splits"} == {
        "clips": 4,
        "products": 3,
        "items": 4,
        "images": 5,
        "frames": 5,
        "boxes": 13,
        "frame_boxes": 7,
        "image_boxes": 6,
    }
    assert counts["splits"]["B"] == {"clips": 1, "products": 1, "frames": 1, "frame_boxes": 1}
    assert truth.splits == ("A", "B")


def test_a_truth_is_mapped_read_only(truth):
    assert isinstance(truth.frame_box.base, np.memmap)
    assert not truth.frame_box.flags.writeable


def refusal(clips, folder, **options):
    with pytest.raises(InvalidTruth) as caught:
        clips.open_truth(folder, **options)
    return str(caught.value)


@pytest.mark.usefixtures("truth")
def test_a_damaged_byte_is_found_by_the_full_check(clips, tmp_path):
    path = tmp_path / "truth" / "frame_box.npy"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    clips.open_truth(tmp_path / "truth")
    message = "frame_box.npy: is damaged: its digest is wrong"
    assert refusal(clips, tmp_path / "truth", verify=True) == message


@pytest.mark.usefixtures("truth")
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda f: (f / "unit_id.npy").unlink(), "unit_id.npy: can't be opened"),
        (
            lambda f: (f / "unit_id.npy").write_bytes(b"short"),
            "unit_id.npy: has another size than the manifest says",
        ),
        (
            lambda f: shutil.copy(f / "frame_piece_start.npy", f / "frame_key.npy"),
            "frame_key.npy: has another size than the manifest says",
        ),
        (
            lambda f: (f / "unit_id.npy").write_bytes(b"x" * (f / "unit_id.npy").stat().st_size),
            "unit_id.npy: can't be opened",
        ),
        (lambda f: (f / "manifest.json").unlink(), "manifest.json can't be read"),
        (lambda f: (f / "manifest.json").write_text("{"), "manifest.json can't be read"),
        (lambda f: (f / "manifest.json").write_text("[]"), "this folder is no compiled truth"),
        (
            lambda f: (f / "manifest.json").write_text('{"format": "podium-truth"}'),
            "the manifest is damaged",
        ),
        (
            lambda f: (f / "manifest.json").write_text(" " * 2_000_000),
            "this folder is no compiled truth",
        ),
        (
            lambda f: rewrite(f, lambda m: m["counts"].update(clips=9)),
            "the manifest's digest is wrong",
        ),
        (
            lambda f: rewrite(f, lambda m: m["arrays"].pop("unit_id"), sign=True),
            "the folder holds other arrays than it should",
        ),
        (
            lambda f: rewrite(f, lambda m: m.update(version=99), sign=True),
            "this truth is of task 'clips', format 99; needed is 'clips', format 3",
        ),
        (
            lambda f: rewrite(f, lambda m: m.update(task="streams"), sign=True),
            "this truth is of task 'streams', format 3",
        ),
        (
            lambda f: rewrite(f, lambda m: m["arrays"]["clip_item"].update(shape=[3]), sign=True),
            "clip_item.npy: has another type or shape than it should",
        ),
    ],
)
def test_a_damaged_or_foreign_folder_is_refused(clips, tmp_path, change, expected):
    change(tmp_path / "truth")
    assert refusal(clips, tmp_path / "truth").startswith(expected)


def rewrite(folder, change, *, sign=False):
    """Change a manifest, and give it a digest that fits if it should look genuine."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    if sign:
        named = {key: manifest[key] for key in manifest if key not in {"digest", "warnings"}}
        text = json.dumps(named, sort_keys=True, separators=(",", ":"))
        manifest["digest"] = hashlib.sha256(text.encode()).hexdigest()
    path.write_text(json.dumps(manifest))


def test_a_folder_in_use_is_left_alone(clips, tmp_path, truth_json):
    source = tmp_path / "truth.json"
    source.write_text(json.dumps(truth_json))
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "file").write_text("mine")
    with pytest.raises(FileExistsError, match="is not empty; name a new folder"):
        clips.compile_truth(source, tmp_path / "used")
    assert bytes_of(tmp_path / "used") == {"file": b"mine"}


def test_a_refused_truth_leaves_nothing_behind(clips, tmp_path):
    source = tmp_path / "truth.json"
    source.write_text("{}")
    with pytest.raises(InvalidTruth):
        clips.compile_truth(source, tmp_path / "truth")
    assert [path.name for path in tmp_path.iterdir()] == ["truth.json"]


def test_a_truth_of_the_least_size_compiles_and_scores(clips, compile_to):
    truth = compile_to({"clips": {"only": {"item_id": None, "frames": {}}}, "items": {}})
    content = json.dumps({"only": predict()}).encode()
    submission = clips.read_submission(io.BytesIO(content), truth)
    result = clips.evaluate(truth, submission, clips.settings({})).splits["A"]
    assert (result.score, result.outcomes["false_alarm"]) == (0.0, 1)
    assert [(level.tp, level.fp, level.fn) for level in result.levels] == [(0, 1, 0)] * 3


@pytest.mark.parametrize(
    ("corner", "kept"), [(32_767, "i2"), (32_768, "f8"), (100.5, "f8"), (1e6, "f8")]
)
def test_boxes_take_little_room_only_where_that_is_exact(compile_to, truth_json, corner, kept):
    truth_json["clips"]["000001"]["frames"]["40"][0]["box"][3] = corner
    truth = compile_to(truth_json, "cornered")
    assert truth.frame_box.dtype.str.endswith(kept)
    assert truth.frame_box[:, 3].max() == max(corner, 300)
    assert truth.image_box.dtype.str.endswith("i2")
