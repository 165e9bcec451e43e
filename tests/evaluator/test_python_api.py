"""The few names for everyday use: load, evaluate, look at the result."""

import gzip
import io
import json
import sys

import pytest

import evaluator
from evaluator import InvalidSettings, InvalidSubmission, InvalidTruth, presentation
from tests.evaluator.conftest import predict, segment


@pytest.fixture
def result(tmp_path, truth_json):
    (tmp_path / "truth.json.gz").write_bytes(gzip.compress(json.dumps(truth_json).encode()))
    (tmp_path / "result.json").write_text(json.dumps({"000001": predict(), "000003": predict()}))
    truth = evaluator.load_truth(str(tmp_path / "truth.json.gz"))
    submission = evaluator.load_submission(str(tmp_path / "result.json"), truth)
    return evaluator.evaluate(truth, submission, tau=0.6)


def test_a_file_is_scored_in_three_calls(result):
    assert result.settings["tau"] == 0.6
    assert result.splits["A"].levels[0].tp == 1
    assert [result.outcome_names[number] for number in result.unit_outcomes] == [
        "correct",
        "not_found",
        "false_alarm",
        "not_found",
    ]
    assert result.unit_tallies.tolist() == [
        [1, 1, 1, 1, 1],
        [0, 1, 0, 0, 0],
        [1, 0, 0, 0, 0],
        [0, 1, 0, 0, 0],
    ]


def test_a_truth_tells_its_task(tmp_path, streams, streams_json, truth_json):
    (tmp_path / "s.json").write_text(json.dumps(streams_json))
    assert evaluator.load_truth(tmp_path / "s.json").manifest.task == "streams"
    streams.compile_truth(tmp_path / "s.json", tmp_path / "compiled")
    truth = evaluator.load_truth(tmp_path / "compiled")
    submission = evaluator.load_submission(
        io.BytesIO(json.dumps({"S1": [segment()]}).encode()), truth
    )
    result = evaluator.evaluate(truth, submission)
    assert list(result.outcomes_by_id())[:2] == ["S1[100:200]", "S1[300:400]"]


def test_a_truth_can_be_split_when_it_is_loaded(tmp_path, truth_json):
    for clip in truth_json["clips"].values():
        clip.pop("split", None)
    (tmp_path / "t.json").write_text(json.dumps(truth_json))
    truth = evaluator.load_truth(tmp_path / "t.json", split_seed="a", private_share=0.5)
    assert truth.splits == ("A", "B")


def test_errors_are_the_documented_ones(tmp_path, truth_json):
    with pytest.raises(FileNotFoundError):
        evaluator.load_truth(tmp_path / "none.json")
    (tmp_path / "bad.json").write_text("{}")
    with pytest.raises(InvalidTruth):
        evaluator.load_truth(tmp_path / "bad.json")
    (tmp_path / "t.json").write_text(json.dumps(truth_json))
    truth = evaluator.load_truth(tmp_path / "t.json")
    with pytest.raises(KeyError, match="no task 'chess'"):
        evaluator.load_truth(tmp_path / "t.json", task="chess")
    with pytest.raises(InvalidSubmission):
        evaluator.load_submission(io.BytesIO(b"[]"), truth)
    submission = evaluator.load_submission(
        io.BytesIO(json.dumps({"000001": predict()}).encode()), truth
    )
    with pytest.raises(InvalidSettings, match="truth: unknown"):
        evaluator.evaluate(truth, submission, truth=1)


def test_a_result_is_a_column_for_each_property(result):
    assert presentation.columns(result) == {
        "unit": ["000001", "000002", "000003", "000004"],
        "split": ["A", "B", "A", "A"],
        "item": ["000001", "000002", None, "000004"],
        "outcome": ["correct", "not_found", "false_alarm", "not_found"],
    }


def test_a_result_turns_into_a_data_frame(result):
    pandas = pytest.importorskip("pandas", reason="pandas is optional")
    frame = result.to_pandas()
    assert list(frame.columns) == ["unit", "split", "item", "outcome"]
    assert frame.groupby("outcome", observed=True).size()["not_found"] == 2
    assert isinstance(frame["outcome"].dtype, pandas.CategoricalDtype)


def test_without_pandas_the_remedy_is_named(result, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="pip install pandas"):
        result.to_pandas()


def test_a_notebook_shows_tables_and_no_markup_of_the_files(result):
    html = result._repr_html_()
    assert html.count("<table>") == 2
    assert "split A" in html
    assert "not_found 1" in html
    assert html.count("<tr>") == html.count("</tr>") == 8
