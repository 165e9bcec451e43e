"""An evaluation as rows, a pandas data frame, a notebook's table; nothing is computed here."""

from collections.abc import Iterator
from html import escape
from importlib import import_module
from typing import TYPE_CHECKING, Any

from evaluator.splits import NAMES

if TYPE_CHECKING:
    from evaluator.evaluation import Evaluation


def columns(evaluation: "Evaluation") -> dict[str, list[Any]]:
    """Return one column each for unit, split, item, times if there are, and outcome.

    An item is None where there is no product; times are frame numbers, `end` exclusive.
    """
    found: dict[str, list[Any]] = {}
    for name, column in evaluation.targets.columns.items():
        values = column.tolist()
        if name == "split":
            values = [NAMES[number] for number in values]
        elif column.dtype.kind == "S":
            values = [one.decode() or None for one in values]
        found[name] = values
    found["outcome"] = [evaluation.outcome_names[one] for one in evaluation.unit_outcomes.tolist()]
    return found


def rows(evaluation: "Evaluation") -> Iterator[tuple[Any, ...]]:
    """Yield what `columns` holds row by row."""
    return zip(*columns(evaluation).values(), strict=True)


def data_frame(evaluation: "Evaluation") -> Any:
    """Return a pandas DataFrame of `columns`; ImportError, with the remedy, without pandas."""
    try:
        pd: Any = import_module("pandas")
    except ImportError as error:
        raise ImportError("to_pandas needs pandas: pip install pandas") from error
    found = pd.DataFrame(columns(evaluation))
    for name in ("split", "outcome"):
        found[name] = found[name].astype("category")
    return found


def html(evaluation: "Evaluation") -> str:
    """Return a table for each split: levels with their intervals, then outcomes."""
    parts = []
    for name, split in evaluation.splits.items():
        low, high = split.intervals.get("score", (split.score, split.score))
        parts.append(
            f"<table><caption>split {escape(name)}: <b>{split.score:.6f}</b> "
            f"[{low:.6f}, {high:.6f}]</caption><thead><tr>"
            + "".join(f"<th>{title}</th>" for title in ("level", "TP", "FP", "FN", "P", "R", "F1"))
            + "<th>95 %</th></tr></thead><tbody>"
        )
        for level in split.levels:
            low, high = split.intervals.get(level.name, (level.f1, level.f1))
            counts = "".join(f"<td>{count:,}</td>" for count in (level.tp, level.fp, level.fn))
            ratios = (level.precision, level.recall, level.f1)
            parts.append(
                f"<tr><th>{escape(level.name)}</th>{counts}"
                + "".join(f"<td>{ratio:.6f}</td>" for ratio in ratios)
                + f"<td>[{low:.6f}, {high:.6f}]</td></tr>"
            )
        outcomes = ", ".join(f"{escape(one)} {count:,}" for one, count in split.outcomes.items())
        parts.append(f"</tbody></table><p>{outcomes}</p>")
    return "".join(parts)
