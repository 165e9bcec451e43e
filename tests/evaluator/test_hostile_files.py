"""Nothing that a file holds may crash, hang or blow up the process."""

import gzip
import json
import time
import tracemalloc

import pytest

from evaluator import InvalidSubmission, Limits
from tests.evaluator.conftest import pair, predict

MIB = 1 << 20


def fill(value):
    text = json.dumps({"000001": predict(pairs=[{**pair(), "item_box": ["HERE"]}])})
    return text.replace('["HERE"]', value).encode()


NO_LIST = "must be a list of four numbers x1, y1, x2, y2, not"
CASES = {
    "200 KB of [": (b"[" * 200_000, "must be a JSON object, not a list", 5),
    "deep value": (b'{"000001":' + b"[" * 200_000, "000001: nested too deeply", 10),
    "deep objects": (b'{"a":' * 100_000, "a: nested too deeply", 10),
    "500-deep box": (fill("[" * 500 + "]" * 500), f"item_box: {NO_LIST} 1 values", 10),
    "10^7-digit number": (fill(f"[0,0,{'9' * 10**7},1]"), "fit in far less than", 60),
    "10^7-digit fraction": (fill(f"[0,0,0.{'3' * 10**7},1]"), "fit in far less than", 60),
    "2^70": (fill(f"[0,0,{2**70},1]"), "item_box[2]: must lie between", 5),
    "1e999 in a note": (b'{"000001":{"note":1e999}}', "note: must be a finite number", 5),
    "long string": (fill(f'"{"x" * 20 * MIB}"'), "fit in far less than", 100),
    "long key": (b'{"' + b"x" * 20 * MIB + b'":1}', "xxx...: no such clip", 160),
    "long item id": (
        json.dumps({"000001": {**predict(), "item_id": 7 * "x" * MIB}}).encode(),
        "fit in far less than",
        60,
    ),
    "empty lists for 21 MB": (b'{"000001":[' + b"[]," * 7 * MIB + b"[]]}", "fit in far less", 120),
    "top-level lists": (b"[" + b"[]," * 7 * MIB + b"[]]", "must be a JSON object, not a list", 60),
    "300,000 pairs": (
        b'{"000001":{"result":[' + b",".join([json.dumps(pair()).encode()] * 300_000) + b"]}}",
        "000001: takes more than 1,048,576 bytes; shorten it",
        160,
    ),
    "tiny members": (
        b"{" + b",".join(b'"%d":1' % n for n in range(500_000)) + b"}",
        "0: no such clip",
        120,
    ),
    "half a surrogate": (b'{"\\ud800":1}', "\\ud800: no such clip", 5),
    "not UTF-8": (b'{"\xff":1}', "byte 2 is not UTF-8; save the file as UTF-8", 5),
    "UTF-16": ("{}".encode("utf-16"), "the file is UTF-16; save it as UTF-8", 5),
    "UTF-16 without BOM": ("{}".encode("utf-16-le"), "not JSON", 5),
    "NUL": (b"\0" * 1000, "must be a JSON object", 5),
    "truncated": (fill("[0,0,1,1]")[:-30], "not JSON", 5),
    "NaN": (fill("[NaN,0,1,1]"), "item_box[0]: must be a finite number", 5),
    "-Infinity": (fill("[-Infinity,0,1,1]"), "item_box[0]: must be a finite number", 5),
}


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_file_is_refused_in_little_memory_and_time(read, name):
    data, expected, ceiling = CASES[name]
    tracemalloc.start()
    began = time.monotonic()
    try:
        with pytest.raises(InvalidSubmission) as caught:
            read(data)
        peak = tracemalloc.get_traced_memory()[1] / MIB
    finally:
        tracemalloc.stop()
    assert expected in str(caught.value)
    assert len(str(caught.value)) < 20_000
    assert peak < ceiling
    assert time.monotonic() - began < 60


def test_a_gzip_bomb_costs_no_more_than_the_limit(read):
    bomb = gzip.compress(b" " * (300 * MIB), 9)
    tracemalloc.start()
    try:
        with pytest.raises(InvalidSubmission, match="larger than the limit of 8,388,608 bytes"):
            read(bomb, limits=Limits(decompressed_bytes=8 * MIB))
        peak = tracemalloc.get_traced_memory()[1] / MIB
    finally:
        tracemalloc.stop()
    assert peak < 12
