"""From "upload complete" to "on the board": `make bench` prints it for a real prediction file.

Starts the whole site (web, worker, beat, database, broker) in a folder of its own and submits a
file of 10,000 clips through REST again and again. The clock starts when the last byte of the upload
was sent (its answer came back) and stops when the board counts the submission. Uses the real team's
file where ../shared is there, else one that the generator makes at the same size.
"""

import json
import statistics
import tempfile
import time
from pathlib import Path

from evaluator import demo
from tests.conftest import WAB
from tests.e2e.conftest import enter, make_contest, running_site

RUNS = 9


def files() -> tuple[str, bytes, bytes]:
    """Return a name, a truth and predictions."""
    if WAB.is_dir():
        predictions = WAB / "runs" / "2020-03-23.json"
        return predictions.name, (WAB / "truth.json").read_bytes(), predictions.read_bytes()
    truth = demo.make_truth(clips=10_000, seed=1)
    predictions = demo.make_predictions(truth, item_accuracy=0.73, seed=2)
    return "generated", json.dumps(truth).encode(), json.dumps(predictions).encode()


def main() -> None:
    """Submit, wait for the board, print the times."""
    name, truth, predictions = files()
    answered: list[float] = []
    boarded: list[float] = []
    with (
        tempfile.TemporaryDirectory(prefix="podium-bench-") as folder,
        running_site(Path(folder) / "data") as site,
    ):
        contest = make_contest(site, "bench", truth)
        client = enter(contest, "mei", "Bench")
        for run in range(RUNS + 1):
            began = time.perf_counter()
            taken = contest.submit(client, predictions)
            complete = time.perf_counter()
            assert taken.status_code == 201, taken.text
            while True:
                own = client.get(f"{contest.path}/board/").json()["own"]
                if own and own["submissions"] == run + 1:
                    break
                time.sleep(0.01)
            if run:  # the first one fetches the truth: it is shown apart
                answered.append(complete - began)
                boarded.append(time.perf_counter() - complete)
            else:
                cold = time.perf_counter() - complete
                print(f"first submission, with a cold truth: {cold:.3f} s")
    print(f"{name}: {len(predictions):,} bytes, {RUNS} submissions, seconds: min / median / max")
    for what, values in [
        ("upload, sent to answered", answered),
        ("answered to on the board", boarded),
    ]:
        low, middle, high = min(values), statistics.median(values), max(values)
        print(f"  {what:26} {low:.3f} / {middle:.3f} / {high:.3f}")


if __name__ == "__main__":
    main()
