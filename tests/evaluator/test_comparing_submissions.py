"""Two results against one truth: what one won and lost, and whether chance explains it."""

import io
import json
import math
from fractions import Fraction

import pytest

import evaluator
from evaluator import comparison
from tests.evaluator.conftest import pair, predict, segment


@pytest.mark.parametrize(("won", "lost"), [(0, 0), (1, 0), (3, 3), (1, 9), (12, 2), (40, 60)])
def test_mcnemar_is_the_exact_binomial_test(won, lost):
    throws = won + lost
    tail = sum(Fraction(math.comb(throws, n)) for n in range(min(won, lost) + 1))
    exact = min(Fraction(1), 2 * tail / 2**throws)
    assert comparison.mcnemar(won, lost) == pytest.approx(float(exact), rel=1e-9)


def test_mcnemar_holds_at_full_size():
    assert comparison.mcnemar(35_000, 35_000) == pytest.approx(1.0)
    assert 0.0 <= comparison.mcnemar(1, 60_000) < 1e-300


def test_clips_won_and_lost_are_counted_at_each_level(evaluate):
    first = evaluate({"000001": predict(pairs=[pair()])})
    second = evaluate({"000001": predict(), "000004": predict("000004")})
    found = evaluator.compare(first, second)["A"]
    assert [(level.won, level.lost) for level in found.levels] == [(1, 0), (0, 0), (1, 0)]
    assert found.difference == found.scores[1] - found.scores[0] > 0
    back = evaluator.compare(second, first)["A"]
    assert [(level.won, level.lost) for level in back.levels] == [(0, 1), (0, 0), (0, 1)]
    assert back.interval == tuple(-end for end in reversed(found.interval))


def test_a_result_compared_with_itself_differs_in_nothing(evaluate_streams):
    found = evaluate_streams({"S1": [segment()]})
    same = evaluator.compare(found, found)["A"]
    assert (same.difference, same.interval) == (0.0, (0.0, 0.0))
    assert {level.p_value for level in same.levels} == {1.0}


def test_results_of_other_settings_or_truths_are_not_compared(evaluate):
    content = {"000001": predict()}
    with pytest.raises(ValueError, match="same truth and settings"):
        evaluator.compare(evaluate(content), evaluate(content, tau=0.6))


def test_the_interval_of_the_difference_is_paired(clips, compile_to, truth_json):
    """Two results that differ in one clip of many: the interval is narrow, as they vary alike."""
    for number in range(100, 160):
        truth_json["clips"][f"{number:06d}"] = dict(truth_json["clips"]["000001"])
    truth = compile_to(truth_json, "many")
    results = []
    for right in (30, 31):
        run = {
            f"{n:06d}": predict("000001" if n < 100 + right else "000002") for n in range(100, 160)
        }
        submission = clips.read_submission(io.BytesIO(json.dumps(run).encode()), truth)
        results.append(clips.evaluate(truth, submission, clips.settings({})))
    low, high = evaluator.compare(*results)["A"].interval
    assert -1e-12 < low < high < 0.06
    single = results[0].splits["A"].intervals["score"]
    assert high - low < (single[1] - single[0]) / 3
