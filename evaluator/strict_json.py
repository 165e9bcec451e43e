"""JSON as the files must be: UTF-8, no key twice, no NaN, nothing that can hurt the reader.

Three ways to read. `split` is fast and tells nothing: it gives each member's bytes, or None when
anything is unusual. `json_cursor` is careful and streams, in bounded memory. `loads` is careful and
takes all at once. The careful ones keep what a plain reader would lose, and `faults` names it by
its path. What a member should look like is for others.

A repeated key is found by counting: every key is followed by a colon, so an object that has as
many colons as keys were kept has no key twice, and none that nobody asked for.
"""

import gc
import json
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from json import JSONDecodeError
from typing import Literal

import msgspec

from evaluator.errors import quoted

BOM = b"\xef\xbb\xbf"
WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
LONGEST_INTEGER = 300  # digits; longer ones need not be finite as float64
SPACE = b" \t\n\r"
WHITE = SPACE.decode()
DEEP = "nested too deeply; the format needs only a few levels"

_RAW_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])


class NotJsonError(ValueError):
    """Text that is not JSON; `key` is the member that was being read, if one was."""

    def __init__(self, message: str, key: str = "") -> None:
        super().__init__(message)
        self.key = key


class Repeating(dict[str, object]):
    """An object in which some keys stood more than once; the last value of each was kept."""

    repeated: tuple[str, ...] = ()


def utf8(data: bytes) -> bytes:
    """Return the text's bytes without a byte order mark; NotJsonError if it is not UTF-8."""
    if data.startswith(WIDE_BOMS):
        raise NotJsonError("the file is UTF-16; save it as UTF-8")
    data = data.removeprefix(BOM)
    if not data.isascii():
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise NotJsonError(
                f"byte {error.start:,} is not UTF-8; save the file as UTF-8"
            ) from None
    if not data.strip(SPACE):
        raise NotJsonError("the file is empty; upload a JSON object")
    return data


def split(
    data: bytes | msgspec.Raw,
    decoder: msgspec.json.Decoder[dict[str, msgspec.Raw]] = _RAW_MEMBERS,
) -> dict[str, msgspec.Raw] | None:
    """Return each member's bytes of a JSON object; None if it is not plainly one.

    A repeated key is NOT seen here: compare colons, as the module's docstring says.
    """
    try:
        return decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def splitter(keys: Sequence[str]) -> msgspec.json.Decoder[dict[str, msgspec.Raw]]:
    """Return a decoder for `split` that refuses other keys than these, and so holds no others."""
    known = Literal[tuple(keys)]  # type: ignore[valid-type]
    return msgspec.json.Decoder(dict[known, msgspec.Raw])  # type: ignore[valid-type]


def loads(data: bytes) -> object:
    """Return the value of a JSON text, repeats kept as `Repeating`; NotJsonError if it is none."""
    text = data.decode("utf-8")
    try:
        value, end = DECODER.raw_decode(text, _skip(text, 0))
    except JSONDecodeError as error:
        raise NotJsonError(complaint(error.msg, data, bytes_of(text, error.pos))) from None
    except RecursionError:
        raise NotJsonError(DEEP) from None
    end = _skip(text, end)
    if end != len(text):
        raise NotJsonError(complaint("Extra text after the JSON", data, bytes_of(text, end)))
    return value


def faults(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Yield path and message of each thing in a careful reader's value that JSON should not hold.

    Repeated keys, numbers that are not finite, text that is not Unicode, wherever they are. A place
    is put into words for a fault only: a sender may hide a million sound values in an unknown key.
    """
    steps: list[str | int] = []
    yield from _own_faults(path, steps, value)
    entered = [_suspects(value)]
    while entered:
        for step, found in entered[-1]:
            steps.append(step)
            yield from _own_faults(path, steps, found)
            if isinstance(found, dict | list):
                entered.append(_suspects(found))
                break
            steps.pop()
        else:
            entered.pop()
            if steps:
                steps.pop()


def below(path: str, key: str) -> str:
    """Return the path of a member."""
    return f"{path}.{quoted(key)}" if path else quoted(key)


def is_text(text: str) -> bool:
    """Whether a string can be written as UTF-8: lone surrogates can't."""
    if text.isascii():
        return True
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def kind(value: object) -> str:
    """Name a value's JSON type, for messages."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    names = {dict: "an object", list: "a list", str: "a string"}
    return next((name for known, name in names.items() if isinstance(value, known)), "a number")


@contextmanager
def collector_off() -> Iterator[None]:
    """Keep Python's cyclic garbage collector off while many small objects are made."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _suspects(found: object) -> Iterator[tuple[str | int, object]]:
    """Yield key or number, and value, of what may be faulty in a container, one at a time."""
    if isinstance(found, dict):
        yield from ((key, part) for key, part in found.items() if not _is_sound(part))
    elif isinstance(found, list):
        yield from ((at, part) for at, part in enumerate(found) if not _is_sound(part))


def _is_sound(part: object) -> bool:
    """Whether a value plainly has no fault: most have none, and this is asked of millions."""
    if type(part) is int or part is None or type(part) is bool:
        return True
    if type(part) is float:
        return math.isfinite(part)
    if type(part) is str:
        return part.isascii()
    return type(part) in (list, dict) and not part


def _place(path: str, steps: Sequence[str | int]) -> str:
    """Put a place into words, as a reader writes it."""
    for step in steps:
        path = f"{path}[{step}]" if isinstance(step, int) else below(path, step)
    return path


def _own_faults(path: str, steps: list[str | int], found: object) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a value itself, and with its keys."""
    if isinstance(found, dict):
        if isinstance(found, Repeating):
            for key in found.repeated:
                yield _place(path, [*steps, key]), "this key is given twice; keep one"
        for key in found:
            if not is_text(key):
                message = "the key is not Unicode text (half a surrogate pair)"
                yield _place(path, [*steps, key]), message
    elif isinstance(found, float) and not math.isfinite(found):
        message = "must be a finite number (NaN, infinity and larger than 1e308 are not)"
        yield _place(path, steps), message
    elif isinstance(found, str) and not is_text(found):
        yield _place(path, steps), "is not Unicode text (half a surrogate pair)"


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    repeating = Repeating(found)
    counts = Counter(key for key, _ in pairs)
    repeating.repeated = tuple(key for key, count in counts.items() if count > 1)
    return repeating


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= LONGEST_INTEGER else math.inf


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in WHITE:
        at += 1
    return at


def bytes_of(text: str, characters: int) -> int:
    """How many bytes the first characters take in UTF-8."""
    return characters if text.isascii() else len(text[:characters].encode("utf-8"))


def complaint(message: str, data: bytes, at: int) -> str:
    """Say what is no JSON, and where: line, column and byte."""
    line = data.count(b"\n", 0, at) + 1
    column = at - (data.rfind(b"\n", 0, at) + 1) + 1
    return f"not JSON: {message} (line {line:,}, column {column:,}, byte {at:,})"


DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer)
