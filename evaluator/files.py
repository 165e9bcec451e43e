"""Bytes of a .json, .gz or .zip file, told apart by content, never beyond a size limit.

A gzip or zip bomb costs at most the limit in memory. What the bytes mean is for others.
"""

import gzip
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from evaluator.errors import InvalidFile, quoted

MIB = 1 << 20
STEP = MIB
GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
END_RECORD = b"PK\x05\x06"
END_RECORD_SIZE = 22
ZIP64_LOCATOR = b"PK\x06\x07"
ZIP64_RECORD = b"PK\x06\x06"
ZIP64_SIZES = 20 + 56  # bytes of the zip64 locator and of the record before it
LONGEST_COMMENT = 0xFFFF
ENCRYPTED = 0x1
DIRECTORY_BYTES = MIB  # of a zip that should hold one file


class Readable(Protocol):
    """What decompressing streams have in common."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Largest sizes accepted, in bytes: of the file as it came, and of the JSON inside it."""

    compressed_bytes: int = 64 * MIB
    decompressed_bytes: int = 256 * MIB


def read(source: Path | BinaryIO, limits: Limits) -> bytes:
    """Return the JSON bytes that a path or a binary stream holds.

    Raises InvalidFile when they are too large or the archive can't be read, OSError when the
    path can't.
    """
    data = _limited(source, limits)
    if data.startswith(GZIP_MAGIC):
        return _gunzip(data, limits)
    if data.startswith(ZIP_MAGICS):
        return _unzip(data, limits)
    if len(data) > limits.decompressed_bytes:
        raise _too_large("the file", limits.decompressed_bytes)
    return data


def is_zip(path: Path) -> bool:
    """Whether a file begins as a zip archive does."""
    with path.open("rb") as stream:
        return stream.read(4) in ZIP_MAGICS


@contextmanager
def open_zip(source: Path | BinaryIO) -> Iterator[zipfile.ZipFile]:
    """Open a zip; InvalidFile instead of zipfile's many ways to say that it is damaged."""
    with _zip_faults():
        archive = zipfile.ZipFile(source)
    with archive:
        yield archive


@contextmanager
def _zip_faults() -> Iterator[None]:
    """Turn what zipfile and the decompressors raise on damaged bytes into InvalidFile."""
    try:
        yield
    except InvalidFile:
        raise
    except (NotImplementedError, RuntimeError) as error:
        raise InvalidFile.because(
            f"the zip can't be unpacked ({quoted(str(error))}); pack it again with plain deflate"
        ) from error
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        EOFError,
        struct.error,
        ValueError,
        IndexError,
    ) as error:
        raise _damaged(error) from error
    except OSError as error:
        if error.errno is not None:  # the disk's fault, not the bytes' (bz2 says it this way)
            raise
        raise _damaged(error) from error


def _damaged(error: Exception) -> InvalidFile:
    return InvalidFile.because(
        f"the zip is damaged or cut short ({quoted(str(error))}); pack it again"
    )


def member_bytes(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes:
    """Return one member's bytes, whatever size its header claims; InvalidFile beyond `limit`."""
    if member.flag_bits & ENCRYPTED:
        raise InvalidFile.because(
            f"{quoted(member.filename)} in the zip is encrypted; pack it without a password"
        )
    with _zip_faults(), archive.open(member) as stream:
        return _bounded(stream, limit, quoted(member.filename))


def _limited(source: Path | BinaryIO, limits: Limits) -> bytes:
    """Read the file as it came, refusing one that is too large before reading on."""
    most = limits.compressed_bytes
    if isinstance(source, Path):
        if source.is_dir():
            raise InvalidFile.because("this is a folder; give a .json, .gz or .zip file")
        with source.open("rb") as stream:
            data = stream.read(most + 1)
    else:
        data = source.read(most + 1)
    if len(data) > most:
        raise _too_large("the file", most)
    if not data:
        raise InvalidFile.because("the file is empty; upload a JSON object")
    return data


def _too_large(what: str, limit: int) -> InvalidFile:
    return InvalidFile.because(f"{what} is larger than the limit of {limit:,} bytes; shorten it")


def _bounded(stream: Readable, limit: int, what: str) -> bytes:
    """Read a decompressing stream step by step, and stop when it has given too much."""
    parts: list[bytes] = []
    size = 0
    while part := stream.read(STEP):
        size += len(part)
        if size > limit:
            raise _too_large(f"{what}, unpacked,", limit)
        parts.append(part)
    return b"".join(parts)


def _gunzip(data: bytes, limits: Limits) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            return _bounded(stream, limits.decompressed_bytes, "the file")
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InvalidFile.because(
            f"the gzip is damaged or cut short ({quoted(str(error))}); pack it again"
        ) from error


def _unzip(data: bytes, limits: Limits) -> bytes:
    """Return the only .json of a zip."""
    if _directory_size(data) > DIRECTORY_BYTES:
        raise InvalidFile.because("the zip lists too many files; pack exactly one .json")
    with open_zip(io.BytesIO(data)) as archive:
        members = [member for member in archive.infolist() if _counts(member)]
        found = [member for member in members if member.filename.lower().endswith(".json")]
        if len(found) != 1:
            names = ", ".join(quoted(member.filename) for member in members[:5]) or "nothing"
            raise InvalidFile.because(
                f"the zip must hold exactly one .json, it holds {len(found)} (of: {names})"
            )
        return member_bytes(archive, found[0], limits.decompressed_bytes)


def _counts(member: zipfile.ZipInfo) -> bool:
    """Whether a member is a file of the sender's: not a folder, nor what macOS adds."""
    return not member.is_dir() and not member.filename.startswith("__MACOSX/")


def _directory_size(data: bytes) -> int:
    """Bytes of a zip's central directory by its end record, which zipfile would read whole."""
    at = data.rfind(END_RECORD, max(0, len(data) - END_RECORD_SIZE - LONGEST_COMMENT))
    if at < 0 or at + END_RECORD_SIZE > len(data):
        return 0
    size = int.from_bytes(data[at + 12 : at + 16], "little")
    record = at - ZIP64_SIZES
    located = record >= 0 and data[at - 20 : at - 16] == ZIP64_LOCATOR
    if located and data[record : record + 4] == ZIP64_RECORD:
        size = max(size, int.from_bytes(data[record + 40 : record + 48], "little"))
    return size
