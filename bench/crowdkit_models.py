"""Fits crowd-kit's models to a file of answers; run by `bench crowdkit` in its own environment.

Prints one JSON object: its version and, of each model, the label of each task and CPU seconds.
"""

import json
import sys
from importlib.metadata import version
from time import process_time

import pandas as pd
from crowdkit.aggregation import DawidSkene, MajorityVote, OneCoinDawidSkene

MODELS = {"majority": MajorityVote, "one_coin": OneCoinDawidSkene, "dawid_skene": DawidSkene}


def main(path: str) -> None:
    """What each model makes of the answers, on standard output."""
    table = pd.read_csv(path, dtype=str, usecols=["task", "worker", "label"])
    found: dict[str, object] = {"version": version("crowd-kit")}
    for name, model in MODELS.items():
        start = process_time()
        labels = model().fit_predict(table.astype(object))
        seconds = round(process_time() - start, 3)
        found[name] = {"labels": labels.to_dict(), "seconds": seconds}
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
