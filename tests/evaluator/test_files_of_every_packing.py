"""Plain, .gz and .zip files are told apart by content and never unpacked beyond the limit."""

import gzip
import io
import json
import zipfile

import pytest

from evaluator import InvalidSubmission, Limits
from tests.evaluator.conftest import predict

PLAIN = json.dumps({"000001": predict()}).encode()


def zipped(**members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return packed.getvalue()


def problem(read, data, **options):
    with pytest.raises(InvalidSubmission) as caught:
        read(data, **options)
    assert caught.value.total == 1
    return str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        PLAIN,
        gzip.compress(PLAIN),
        gzip.compress(PLAIN[:9]) + gzip.compress(PLAIN[9:]),
        zipped(result__json=PLAIN),
        zipped(result__JSON=PLAIN, readme__txt=b"hello"),
    ],
)
def test_each_packing_is_read_by_its_content(read, data):
    assert read(data).predictions == 1


def test_a_path_is_read_whatever_its_name(clips, truth, tmp_path):
    path = tmp_path / "result.txt"
    path.write_bytes(gzip.compress(PLAIN))
    assert clips.read_submission(path, truth).predictions == 1
    with pytest.raises(InvalidSubmission, match="this is a folder"):
        clips.read_submission(tmp_path, truth)


def test_a_files_own_size_is_limited(read):
    limits = Limits(compressed_bytes=100)
    message = "the file is larger than the limit of 100 bytes; shorten it"
    assert problem(read, PLAIN, limits=limits) == message


@pytest.mark.parametrize(
    ("pack", "name"),
    [
        (gzip.compress, "the file, unpacked,"),
        (lambda data: zipped(a__json=data), "a.json, unpacked,"),
    ],
)
def test_a_bomb_is_stopped_at_the_limit(read, pack, name):
    data = pack(b" " * 30_000_000)
    limits = Limits(decompressed_bytes=1_000_000)
    message = f"{name} is larger than the limit of 1,000,000 bytes; shorten it"
    assert problem(read, data, limits=limits) == message


def test_a_plain_file_is_limited_by_its_decompressed_size(read):
    message = "the file is larger than the limit of 50 bytes; shorten it"
    assert problem(read, PLAIN, limits=Limits(decompressed_bytes=50)) == message


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (gzip.compress(PLAIN)[:-4], "the gzip is damaged or cut short"),
        (gzip.compress(PLAIN)[:30], "the gzip is damaged or cut short"),
        (gzip.compress(PLAIN)[:-6] + b"badcrc", "the gzip is damaged or cut short"),
        (gzip.compress(PLAIN) + b"tail", "the gzip is damaged or cut short"),
        (zipped(a__json=PLAIN)[:-30], "the zip is damaged or cut short"),
        (zipped(a__json=PLAIN)[:40], "the zip is damaged or cut short"),
        (zipped(), "the zip must hold exactly one .json, it holds 0 (of: nothing)"),
        (
            zipped(a__json=PLAIN, b__json=PLAIN),
            "the zip must hold exactly one .json, it holds 2 (of: a.json, b.json)",
        ),
        (
            zipped(result__txt=PLAIN),
            "the zip must hold exactly one .json, it holds 0 (of: result.txt)",
        ),
        (
            zipped(inner__zip=zipped(a__json=PLAIN)),
            "the zip must hold exactly one .json, it holds 0 (of: inner.zip)",
        ),
    ],
)
def test_an_unusable_packing_is_refused_with_its_reason(read, data, expected):
    assert problem(read, data).startswith(expected)


def test_an_encrypted_zip_is_refused(read):
    data = bytearray(zipped(a__json=PLAIN))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    message = "a.json in the zip is encrypted; pack it without a password"
    assert problem(read, bytes(data)) == message


def test_a_zip_with_damaged_content_is_refused(read):
    data = bytearray(zipped(a__json=PLAIN))
    data[60] ^= 0xFF
    assert problem(read, bytes(data)).startswith("the zip is damaged or cut short")


def test_an_unknown_compression_is_refused(read):
    data = bytearray(zipped(a__json=PLAIN))
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        data[data.index(signature) + offset] = 77
    assert problem(read, bytes(data)).startswith("the zip can't be unpacked")


def test_a_zip_of_very_many_files_is_refused_unread(read):
    many = {f"{'x' * 200}{n}__txt": b"" for n in range(6000)}
    assert problem(read, zipped(**many)) == "the zip lists too many files; pack exactly one .json"


def test_what_macos_adds_to_a_zip_is_left_alone(read):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("out/", b"")
        archive.writestr("out/result.json", PLAIN)
        archive.writestr("__MACOSX/out/._result.json", b"junk")
    assert read(packed.getvalue()).predictions == 1
