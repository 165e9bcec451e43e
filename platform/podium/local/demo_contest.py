"""The demo contest: what it consists of, as data. How it is made is in `demo`."""

from dataclasses import dataclass
from datetime import timedelta

SLUG = "watch-and-buy"
TITLE = "Watch and Buy"
SUMMARY = (
    "A streamer sells hundreds of look-alike garments. Name the product that is on, the frame "
    "that shows it, and where."
)
DESCRIPTION = """\
This is the demo contest. Its shape is that of Taobao Live's “Watch and Buy” of 2020; its clips, \
products and teams are generated, and its submissions were scored by the worker on this machine.

In a live stream, a streamer explains one product after the other: a dress, a pair of trousers, an \
outfit of two pieces. The shop's gallery has several images of each. For every clip, say which \
product it is, in which frame it is seen best, and mark each piece with a box, in that frame and \
in the gallery image.

Preliminary: every clip's product is in the gallery. Semifinal: some products are missing, and \
silence is the right answer there. Final: whole streams, in which the \
segments must be found first."""
RULES = """\
One person, one team. A team has at most five members.

Predictions come from a model, not from watching the clips by hand.

A file that is refused costs no submission; a file that is scored does.

The organizers may ask the best teams for their code."""


@dataclass(frozen=True)
class PhasePlan:
    """A phase: when, relative to the day the demo is made, and how its truth is generated."""

    slug: str
    title: str
    description: str
    opens: timedelta
    closes: timedelta
    clips: int
    missing_share: float
    private_share: float
    seed: int
    task: str = "clips"


PHASES = (
    PhasePlan(
        slug="preliminary",
        title="Preliminary",
        description="Every clip's product is in the gallery.",
        opens=timedelta(days=-9),
        closes=timedelta(days=21),
        clips=2000,
        missing_share=0.0,
        private_share=0.0,
        seed=20200310,
    ),
    PhasePlan(
        slug="semifinal",
        title="Semifinal",
        description="One product in five is missing from the gallery: leave such a clip out.",
        opens=timedelta(days=24),
        closes=timedelta(days=38),
        clips=2000,
        missing_share=0.2,
        private_share=0.5,
        seed=20200410,
    ),
    PhasePlan(
        slug="final",
        title="Final",
        description="Whole streams; the private half of them decides.",
        opens=timedelta(days=45),
        closes=timedelta(days=52),
        clips=2000,
        missing_share=0.2,
        private_share=0.5,
        seed=20200510,
        task="streams",
    ),
)


@dataclass(frozen=True)
class TeamPlan:
    """A team with its captain and how good its submissions are, one after the other."""

    name: str
    captain: str
    item_accuracies: tuple[float, ...]


TEAMS = (
    TeamPlan("Lantern Lab", "mei", (0.60, 0.66, 0.71)),
    TeamPlan("Night Market", "jun", (0.64, 0.69, 0.73, 0.72)),
    TeamPlan("Koi Vision", "lan", (0.58, 0.62)),
    TeamPlan("Paper Cranes", "tao", (0.52, 0.67)),
    TeamPlan("Steamed Buns", "ning", (0.44, 0.49, 0.55)),
)
ORGANIZER = "organizer"
CONTESTANT = TEAMS[0].captain
FRAME_ACCURACY = 0.97
BOX_ACCURACY = 0.98
