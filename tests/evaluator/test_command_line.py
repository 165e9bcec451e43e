"""`python -m evaluator`: what it prints, and its exit codes."""

import io
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from evaluator.__main__ import main
from evaluator.cli import progress
from tests.evaluator.conftest import predict, segment


@pytest.fixture
def files(tmp_path, truth_json):
    """A truth, a good result and a bad one."""
    contents = {
        "truth.json": truth_json,
        "good.json": {"000001": predict(), "000002": predict()},
        "bad.json": {"000001": predict(item=5)},
    }
    for name, content in contents.items():
        (tmp_path / name).write_text(json.dumps(content))
    return tmp_path


@pytest.fixture
def run(files, capsys, monkeypatch):
    """Run a command in the folder of files and return its code and what it wrote."""
    monkeypatch.chdir(files)

    def run(*arguments, stdin=b""):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(stdin)))
        code = main(list(arguments))
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_score_prints_a_table_for_each_split(run):
    code, out, err = run("score", "truth.json", "good.json")
    assert (code, err) == (0, "")
    assert "split A: 0.666667" in out
    assert "split B: 0.000000" in out
    assert "correct 1" in out


def test_score_prints_json_that_a_program_can_read(run):
    code, out, _ = run("score", "truth.json", "good.json", "--json")
    found = json.loads(out)
    assert (code, found["ok"]) == (0, True)
    assert found["splits"]["A"]["levels"]["clip"]["tp"] == 1


def test_options_change_the_score(run):
    weights = {"clip": 0, "frame": 0, "box": 1}
    options = json.dumps({"tau": 0.9, "weights": weights})
    _, out, _ = run("score", "truth.json", "good.json", "--json", "--options", options)
    assert json.loads(out)["settings"]["weights"]["box"] == 1.0


def test_a_result_may_come_from_standard_input(run, files):
    code, out, _ = run(
        "score", "truth.json", "-", "--json", stdin=(files / "good.json").read_bytes()
    )
    assert (code, json.loads(out)["predictions"]) == (0, 2)


def test_a_compiled_truth_is_taken_as_it_is(run, clips, files):
    clips.compile_truth(files / "truth.json", files / "compiled")
    assert run("score", "compiled", "good.json", "--json") == run(
        "score", "truth.json", "good.json", "--json"
    )


def test_a_refused_file_gives_two_and_its_problems(run):
    problem = "000001.item_id: must be a string in double quotes, not a number"
    for command in (
        ("score", "truth.json", "bad.json"),
        ("validate", "bad.json", "--truth", "truth.json"),
    ):
        assert run(*command) == (2, "", f"refused: 1 problem\n{problem}\n")
        code, out, err = run(*command, "--json")
        path, message = problem.split(": ")
        assert (code, err) == (2, "")
        assert json.loads(out) == {
            "ok": False,
            "total": 1,
            "problems": [{"path": path, "message": message}],
        }


@pytest.mark.parametrize(
    "ids",
    ["000001\r\n000002\n\n", '["000001", "000002"]', '{"clips": {"000001": 1, "000002": 1}}'],
)
def test_validate_needs_only_ids(run, files, ids):
    (files / "ids").write_text(ids)
    code, out, err = run("validate", "good.json", "--ids", "ids")
    assert (code, out, err) == (0, "good: 2 predictions\n", "")
    (files / "ids").write_text("000001")
    code, _, err = run("validate", "good.json", "--ids", "ids")
    assert code == 2
    assert "000002: no such clip in this phase" in err


def test_validate_prints_warnings(run):
    code, out, _ = run("validate", "good.json", "--truth", "truth.json")
    assert code == 0
    assert out == "good: 2 predictions\n"
    code, out, _ = run("validate", "good.json", "--truth", "truth.json", "--json")
    assert json.loads(out) == {"ok": True, "predictions": 2, "warnings": []}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("score", "none.json", "good.json"), "error: none.json: no such file or folder"),
        (("score", "truth.json", "none.json"), "error: none.json: No such file or directory"),
        (("score", "good.json", "good.json"), "the truth can't be used: "),
        (("score", "truth.json", "good.json", "--options", "{"), "error: --options: not JSON"),
        (("score", "truth.json", "good.json", "--options", "[]"), "error: --options: must be a"),
        (
            ("score", "truth.json", "good.json", "--options", '{"tau": 3}'),
            "error: --options: tau: must be at least 0.5 and below 1",
        ),
        (("score", "truth.json", "good.json", "--task", "x"), "error: --task: no task 'x'"),
        (("validate", "good.json"), "error: give one of --truth and --ids"),
        (("validate", "good.json", "--ids", "bad.json"), "error: --ids: must hold ids"),
        (("score", "truth.json"), "Usage: "),
        (("score", "--wrong"), "Usage: "),
        (("nonsense",), "Usage: "),
    ],
)
def test_any_other_error_gives_one_and_a_plain_message(run, arguments, message):
    code, out, err = run(*arguments)
    assert (code, out) == (1, "")
    assert err.startswith(message)
    assert "Traceback" not in err


def test_other_errors_are_json_too_where_json_is_wanted(run):
    code, out, err = run("score", "none.json", "good.json", "--json")
    assert (code, err) == (1, "")
    message = "none.json: no such file or folder"
    assert json.loads(out)["problems"] == [{"path": "", "message": message}]


def test_help_says_what_the_exit_codes_mean(run):
    code, out, _ = run("--help")
    assert code == 0
    assert "0 good, 2 the file is refused, 1 any other error" in out


@pytest.mark.usefixtures("files")
def test_it_runs_as_a_module_and_leaves_the_code(tmp_path):
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "evaluator", "score"]
    paths = [str(tmp_path / "truth.json"), str(tmp_path / "bad.json")]
    done = subprocess.run([*command, *paths], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("refused: 1 problem")


@pytest.fixture
def stream_files(files, streams_json):
    (files / "streams.json").write_text(json.dumps(streams_json))
    (files / "segments.json").write_text(json.dumps({"S1": [segment()]}))
    return files


@pytest.mark.usefixtures("stream_files")
def test_the_truth_tells_the_task(run):
    code, out, _ = run("score", "streams.json", "segments.json", "--options", '{"theta": 0.6}')
    assert code == 0
    assert "mean_delay_seconds: 0.000000" in out
    code, _, err = run("score", "truth.json", "good.json", "--options", '{"theta": 0.6}')
    assert code == 1
    assert err.startswith("error: --options: theta: unknown; there are tau")


def test_slices_are_printed_where_they_are_wanted(run):
    _, out, _ = run("score", "truth.json", "good.json", "--slices")
    assert "by label" in out
    assert "coat" in out


def test_compile_writes_a_folder_that_score_takes(run, files):
    options = ("--split-seed", "x", "--private-share", "0")
    code, out, err = run("compile", "truth.json", "compiled", *options)
    assert (code, err) == (0, "")
    assert "clips 4, products 3, items 4" in out
    assert run("score", "compiled", "good.json")[0] == 0
    code, _, err = run("compile", "truth.json", "compiled")
    assert code == 1
    assert "is not empty; name a new folder" in err
    assert json.loads(run("compile", "truth.json", "other", "--json")[1])["counts"]["items"] == 4
    assert run("compile", "good.json", "third")[2].startswith("the truth can't be used")


def test_compare_prints_what_was_won_and_lost(run, files):
    (files / "better.json").write_text(
        json.dumps({"000001": predict(), "000004": predict("000004")})
    )
    code, out, err = run("compare", "truth.json", "good.json", "better.json")
    assert (code, err) == (0, "")
    assert "split A: 0.666667 to " in out
    assert "McNemar" in out
    found = json.loads(run("compare", "truth.json", "good.json", "better.json", "--json")[1])
    assert found["splits"]["A"]["levels"]["clip"]["won"] == 1
    assert run("compare", "truth.json", "-", "-")[2].startswith("error: only one result can come")


def test_explain_writes_one_row_a_clip_as_csv(run, files):
    code, out, err = run("explain", "truth.json", "good.json")
    assert (code, err) == (0, "")
    assert out.splitlines()[:3] == [
        "unit,split,item,outcome",
        "000001,A,000001,correct",
        "000002,B,000002,wrong_item",
    ]
    run("explain", "truth.json", "good.json", "--out", "rows.csv")
    assert (files / "rows.csv").read_text() == out


@pytest.mark.usefixtures("stream_files")
def test_explain_writes_one_row_a_segment(run):
    out = run("explain", "streams.json", "segments.json")[1]
    assert out.splitlines()[:2] == [
        "unit,split,item,start,end,outcome",
        "S1,A,000001,100,200,correct",
    ]


def test_explain_writes_parquet_or_says_what_it_needs(run, files, monkeypatch):
    command = ("explain", "truth.json", "good.json", "--format", "parquet")
    assert run(*command)[2] == "error: --format parquet needs --out FILE\n"
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    code, _, err = run(*command, "--out", "rows.parquet")
    assert (code, "pip install pyarrow" in err) == (1, True)


def test_explain_writes_parquet_with_pyarrow(run, files):
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is optional")
    code, _, _ = run(
        "explain", "truth.json", "good.json", "--format", "parquet", "--out", "r.parquet"
    )
    assert code == 0
    assert parquet.read_table(files / "r.parquet").num_rows == 4


@pytest.mark.parametrize("task", ["clips", "streams"])
def test_make_demo_writes_files_that_score(run, task):
    code, out, _ = run("make-demo", "made", "--task", task, "--size", "3", "--missing-share", "0.2")
    assert (code, len(out.splitlines())) == (0, 2)
    code, out, _ = run("score", "made/truth.json", "made/predictions.json", "--json")
    assert (code, json.loads(out)["task"]) == (0, task)
    assert run("make-demo", "made")[2] == "error: made: is not empty; name a new folder\n"


@pytest.mark.parametrize(
    "command", ["score", "validate", "compile", "compare", "explain", "make-demo"]
)
def test_every_command_has_help(run, command):
    code, out, _ = run(command, "--help")
    assert code == 0
    assert "Usage: podium-evaluate" in out


def test_a_bar_is_shown_on_a_terminal_only_when_it_takes_more_than_a_second(monkeypatch, capsys):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    with progress.steps(2) as steps:
        steps.begin("opening the truth")
        while "opening" not in shown.getvalue():
            pass
    shown.truncate(0)
    monkeypatch.setattr(progress, "PATIENCE", 60.0)
    with progress.steps(1) as steps:
        steps.begin("quick work")
    assert "quick" not in shown.getvalue()
