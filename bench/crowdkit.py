"""Whether our models say what crowd-kit's say: `bench crowdkit FILE`.

crowd-kit (Ustalov, Pavlichenko, Tseitlin: Learning from Crowds with Crowd-Kit, JOSS 2024) is made
for research and drags in some 750 MB, so it is no dependency: what its models need is installed
once, by crowdkit-requirements.txt, into an environment of its own in the home folder.
"""

import json
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

from bench import elsewhere, quality
from bench.quality import Crowd
from labeling.aggregation import models
from labeling.aggregation.votes import Votes

REQUIREMENTS = Path(__file__).with_name("crowdkit-requirements.txt")
THEIR_MODELS = Path(__file__).with_name("crowdkit_models.py")  # runs over there
COMPARED = ("majority", "one_coin", "dawid_skene")


def measure(path: Path) -> None:
    """Prints the figures for a person, and one JSON object as the last line.

    Raises MalformedAnswers, elsewhere.Failed.
    """
    crowd = quality.read(path)
    python = elsewhere.installed("crowdkit", REQUIREMENTS)
    theirs = json.loads(elsewhere.run(python, "-I", str(THEIR_MODELS), str(path.resolve())))
    votes = Votes.of(crowd.rows)
    print(f"{path.name}: {len(crowd.rows):,} answers; crowd-kit {theirs['version']}\n")
    print(f"{'model':<14}{'equal':>9}{'ours':>9}{'theirs':>9}{'ours s':>9}{'theirs s':>10}")
    found = {name: _compared(crowd, votes, name, theirs[name]) for name in COMPARED}
    for name, one in found.items():
        ours, other = (_shown(one[key]) for key in ("accuracy", "their_accuracy"))
        seconds = f"{one['seconds']:>9.3f}{one['their_seconds']:>10.3f}"
        print(f"{name:<14}{one['equal']:>9.4f}{ours:>9}{other:>9}{seconds}")
    print(json.dumps({"file": path.name, "crowdkit": theirs["version"], **found}))


def _compared(crowd: Crowd, votes: Votes, name: str, theirs: Mapping[str, Any]) -> dict[str, Any]:
    """`equal` is the share of tasks with the same label, `undecided` that of tasks where our
    model finds two labels alike: there either may come out."""
    ours = models.MODELS[name](votes)
    best, other = ours.best(), theirs["labels"]
    return {
        "equal": _share(best, other),
        "undecided": round(float((ours.margin() < 1e-6).mean()), 4),
        "accuracy": crowd.right_share(best),
        "their_accuracy": crowd.right_share(other),
        "seconds": quality.cpu_seconds(lambda: models.MODELS[name](votes)),
        "their_seconds": theirs["seconds"],
    }


def _share(ours: Mapping[Hashable, Hashable], theirs: Mapping[Hashable, Hashable]) -> float:
    return round(sum(theirs.get(task) == label for task, label in ours.items()) / len(ours), 4)


def _shown(accuracy: float | None) -> str:
    return "-" if accuracy is None else f"{accuracy:.4f}"
