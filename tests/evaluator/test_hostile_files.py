"""Nothing that a file holds may crash, hang or blow up the process.

Each file is read by a process of its own, which says how it was refused and how much its resident
memory rose at the peak: see `hostile_child`. Ceilings are MiB over an idle process, and follow from
the file's size: a reader may hold a file some times over, never more than that.
"""

import gzip
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.evaluator.conftest import STREAMS_TRUTH, TRUTH, pair, predict, segment

MIB = 1 << 20


def clip(value):
    """A clip with this text in place of an item box."""
    text = json.dumps({"000001": predict(pairs=[{**pair(), "item_box": ["HERE"]}])})
    return text.replace('["HERE"]', value).encode()


def stream(value, key="start"):
    """A stream's segment with this text in place of a value."""
    text = json.dumps({"S1": [{**segment(), key: "HERE"}]})
    return text.replace('"HERE"', value).encode()


def truth(value, content=TRUTH):
    """A truth with this text in place of its first frames."""
    content = json.loads(json.dumps(content))
    first = next(iter(content[next(iter(content))].values()))
    first["frames"] = "HERE"
    return json.dumps(content).replace('"HERE"', value).encode()


def zipped(members, flags=0):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    data = bytearray(packed.getvalue())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= flags
    return bytes(data)


def repeated(part, times, before=b"", after=b""):
    """A gzip of a part again and again, with something before and after."""
    return gzip.compress(before) + gzip.compress(part) * times + gzip.compress(after)


def long_string(size):
    """A gzip of a clip whose item id has so many characters."""
    ends = b'{"000001":{"item_id":"', b'","frame_index":0,"result":[]}}'
    return repeated(b"x" * 10**7, size // 10**7, *ends)


GOOD = clip("[0,0,1,1]")
OTHER_DIGITS = "\u0660\u0660\u0660\u0660\u0660\u0661"  # Arabic
PAIR = json.dumps(pair()).encode()
NO_LIST = "must be a list of four numbers x1, y1, x2, y2, not"
TWICE = "this key is given twice; keep one"
LARGER = "is larger than the limit of"

CLIPS = {
    "a key twice": (lambda: GOOD.replace(b'"item_id"', b'"item_id":1,"item_id"'), TWICE, 8),
    "a clip twice": (lambda: GOOD[:-1] + b"," + GOOD[1:], "000001: this clip is given twice", 8),
    "NaN": (lambda: clip("[NaN,0,1,1]"), "item_box[0]: must be a finite number", 8),
    "infinity": (lambda: clip("[-Infinity,0,1,1]"), "item_box[0]: must be a finite number", 8),
    "1e999": (lambda: clip("[0,0,1e999,1]"), "item_box[2]: must be a finite number", 8),
    "1e999 in a note": (lambda: b'{"000001":{"note":1e999}}', "note: must be a finite", 8),
    "2^70": (lambda: clip(f"[0,0,{2**70},1]"), "item_box[2]: must lie between", 8),
    "10^7 digits": (lambda: clip(f"[0,0,{'9' * 10**7},1]"), "fit in far less than", 60),
    "10^7 digits behind the point": (
        lambda: clip(f"[0,0,0.{'3' * 10**7},1]"),
        "fit in far less than",
        60,
    ),
    "200 KB of [": (lambda: b"[" * 200_000, "must be a JSON object, not a list", 8),
    "a deep value": (lambda: b'{"000001":' + b"[" * 200_000, "000001: nested too deeply", 16),
    "deep objects": (lambda: b'{"a":' * 100_000, "a: nested too deeply", 16),
    "a 500-deep box": (
        lambda: clip("[" * 500 + "]" * 500),
        f"item_box: {NO_LIST} 1 values",
        8,
    ),
    "a string of 10^9 characters": (lambda: long_string(10**9), f"{LARGER} 268,435,456", 320),
    "a string of 2 * 10^8 characters": (lambda: long_string(2 * 10**8), "fit in far less", 700),
    "a long key": (lambda: b'{"' + b"x" * 20 * MIB + b'":1}', "xxx...: no such clip", 100),
    "not UTF-8": (lambda: b'{"\xff":1}', "byte 2 is not UTF-8; save the file as UTF-8", 8),
    "UTF-8 cut in a letter": (lambda: b'{"\xe9":1}', "byte 2 is not UTF-8", 8),
    "UTF-16": (lambda: "{}".encode("utf-16"), "the file is UTF-16; save it as UTF-8", 8),
    "UTF-16 without a mark": (lambda: "{}".encode("utf-16-le"), "not JSON", 8),
    "a mark and nothing": (lambda: b"\xef\xbb\xbf", "the file is empty", 8),
    "two marks": (lambda: b"\xef\xbb\xbf" * 2 + GOOD, "must be a JSON object, not a single", 8),
    "digits of another script": (
        lambda: GOOD.replace(b"000001", OTHER_DIGITS.encode(), 1),
        f"{OTHER_DIGITS}: no such clip in this phase",
        8,
    ),
    "half a surrogate": (lambda: b'{"\\ud800":1}', "\\ud800: no such clip", 8),
    "empty lists for 21 MB": (
        lambda: b'{"000001":[' + b"[]," * 7 * MIB + b"[]]}",
        "fit in far less than",
        100,
    ),
    "only empty lists for 21 MB": (
        lambda: b"[" + b"[]," * 7 * MIB + b"[]]",
        "must be a JSON object, not a list",
        40,
    ),
    "300,000 pairs in a clip": (
        lambda: b'{"000001":{"result":[' + b",".join([PAIR] * 300_000) + b"]}}",
        "takes more than 1,048,576 bytes",
        110,
    ),
    "500,000 tiny clips": (
        lambda: b"{" + b",".join(b'"%d":1' % n for n in range(500_000)) + b"}",
        "0: no such clip",
        40,
    ),
    "NUL bytes": (lambda: b"\0" * 1000, "must be a JSON object", 8),
    "white space for 20 MB": (lambda: b"{" + b" " * 20 * MIB, "not JSON", 40),
    "a gzip of 2 GiB": (lambda: repeated(b" " * 16 * MIB, 128), f"{LARGER} 268,435,456", 320),
    "a zip of many": (lambda: zipped((f"{n}.json", GOOD) for n in range(99)), "it holds 99", 8),
    "a zip that lists very many": (
        lambda: zipped((f"{'x' * 200}{n}.txt", b"") for n in range(6000)),
        "the zip lists too many files",
        16,
    ),
    "a zip in a zip": (
        lambda: zipped([("a.zip", zipped([("a.json", GOOD)]))]),
        "must hold exactly one .json, it holds 0 (of: a.zip)",
        8,
    ),
    "an encrypted zip": (lambda: zipped([("a.json", GOOD)], flags=1), "is encrypted", 8),
    "a misnamed zip member": (lambda: zipped([("a.txt", GOOD)]), "it holds 0 (of: a.txt)", 8),
    "a zip member with a hostile name": (
        lambda: zipped([("../../\x1b[2J.exe", GOOD)]),
        "(of: ../../\\u001b[2J.exe)",
        8,
    ),
    "a zip that bursts": (
        lambda: zipped([("a.json", b" " * (300 * MIB))]),
        f"a.json, unpacked, {LARGER} 268,435,456",
        320,
    ),
    "a truncated file": (lambda: GOOD[:-30], "not JSON", 8),
    "a truncated gzip": (lambda: gzip.compress(GOOD)[:-9], "the gzip is damaged", 8),
    "a truncated zip": (lambda: zipped([("a.json", GOOD)])[:-9], "the zip is damaged", 8),
    "nothing": (lambda: b"", "the file is empty; upload a JSON object", 8),
}
STREAMS = {
    "a key twice": (lambda: stream('1,"start":1'), f"S1[0].start: {TWICE}", 8),
    "2^70": (lambda: stream(str(2**70)), "S1[0].start: must be a whole number of frames", 8),
    "1e999": (lambda: stream("1e999", "end"), "S1[0].end: must be a finite number", 8),
    "10^7 digits": (lambda: stream("9" * 10**7), "S1: takes more than 1,048,576 bytes", 60),
    "300,000 pairs": (
        lambda: stream(f"[{','.join([json.dumps(pair())] * 300_000)}]", "result"),
        "S1: takes more than 1,048,576 bytes; shorten it",
        120,
    ),
    "empty lists for 21 MB": (
        lambda: b'{"S1":[' + b"[]," * 7 * MIB + b"[]]}",
        "S1[0]: must be an object with item_id, start",
        100,
    ),
    "500,000 tiny streams": (
        lambda: b"{" + b",".join(b'"%d":[]' % n for n in range(500_000)) + b"}",
        "0: no such stream",
        40,
    ),
    "deep lists": (lambda: b'{"S1":' + b"[" * 200_000, "S1: nested too deeply", 16),
    "empty segments for 10 MB": (
        lambda: b'{"S1":[' + b"{}," * 3 * MIB + b"{}]}",
        "S1[0].item_id: is missing; add it",
        60,
    ),
}
TRUTHS = {
    "deep frames": (lambda: truth("[" * 100_000 + "]" * 100_000), "nested too deeply", 16),
    "a frame twice": (lambda: truth('{"20":[],"20":[]}'), TWICE, 8),
    "a frame with many digits": (
        lambda: truth('{"%s":[]}' % ("9" * 10**6)),
        "must be a whole number from 0 on",
        40,
    ),
    "infinite boxes": (
        lambda: truth('{"20":[{"instance_id":1,"box":[0,0,1e999,1]}]}'),
        "box[2]: must be a finite number",
        8,
    ),
    "empty frames for 6 MB": (lambda: truth("[" + "[]," * 2 * MIB + "[]]"), "frames: must", 250),
    "cut short": (lambda: truth("{}")[:-9], "not JSON", 8),
}
CASES = [
    *(("clips", name, *case) for name, case in CLIPS.items()),
    *(("streams", name, *case) for name, case in STREAMS.items()),
    *(("truth-clips", name, *case) for name, case in TRUTHS.items()),
    (
        "truth-streams",
        "a stream of 2^70 frames",
        lambda: truth("{}", STREAMS_TRUTH).replace(b"1000", str(2**70).encode()),
        "frame_count: must be a whole number from 1 to",
        8,
    ),
]


@pytest.fixture(scope="module")
def attempt(tmp_path_factory, clips, streams):
    """Have a file read by a process of its own; return its refusal, and MiB at its peak."""
    folder = tmp_path_factory.mktemp("hostile")
    for task, content in ((clips, TRUTH), (streams, STREAMS_TRUTH)):
        (folder / "truth.json").write_text(json.dumps(content))
        task.compile_truth(folder / "truth.json", folder / task.name)
    child = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.evaluator.hostile_child",
            folder / "clips",
            folder / "streams",
        ],
        cwd=Path(__file__).resolve().parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    stdin, stdout = child.stdin, child.stdout

    def attempt(kind, data):
        path = folder / "file"
        path.write_bytes(data)
        stdin.write(f"{kind} {path}\n")
        stdin.flush()
        found = json.loads(stdout.readline())
        path.unlink()
        assert "died" not in found
        return found["refusal"], found["peak"] / MIB

    yield attempt
    stdin.close()
    child.wait()
    stdout.close()


@pytest.mark.parametrize(
    ("kind", "make", "expected", "ceiling"),
    [pytest.param(case[0], *case[2:], id=f"{case[0]}: {case[1]}") for case in CASES],
)
def test_a_hostile_file_is_refused_in_bounded_memory(attempt, kind, make, expected, ceiling):
    refusal, peak = attempt(kind, make())
    assert expected in refusal
    assert len(refusal) < 20_000
    assert peak < ceiling


def test_a_mark_before_a_good_file_is_no_fault(attempt):
    refusal, peak = attempt("clips", b"\xef\xbb\xbf" + GOOD)
    assert (refusal, peak < 8) == ("", True)


def test_the_ceilings_can_fail(attempt):
    """A good file of 60 MB takes more than the idle process, so memory is really measured."""
    _, peak = attempt("clips", GOOD[:-1] + b" " * 60 * MIB + b"}")
    assert peak > 55
