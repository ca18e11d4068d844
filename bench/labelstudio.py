"""Whether label-studio reads what we export: `bench labelstudio`.

Every configuration of the tests' set becomes a project, is answered by the API with the set's own
answer, and is exported. label-studio's SDK, an independent reader of the format, then reads the
exports: installed once, by labelstudio-requirements.txt, into an environment of its own in the home
folder. What it reads must be, value by value, what was answered. It is kept beside the set, with a
digest of what was read, so that a test can tell when an export is not that any more.
"""

import asyncio
import hashlib
import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import elsewhere
from demo import requester
from demo.wire import Client
from launcher import folders
from payments import money
from people import tokens
from people.models import User

REQUIREMENTS = Path(__file__).with_name("labelstudio-requirements.txt")
READER = Path(__file__).with_name("labelstudio_reader.py")  # runs over there
CONFIGS = folders.ROOT / "tests" / "labeling" / "answers" / "configs"
KEPT = CONFIGS / "read_elsewhere.json"
PARTS = ("data", "result")
PRICE = "0.01"
SIDES = ("original_width", "original_height")

Region = dict[str, Any]


def measure(url: str) -> dict[str, Any]:
    """Prints the figures for a person, then as the last line one JSON object, and returns it.

    Raises elsewhere.Failed.
    """
    python = elsewhere.installed("labelstudio", REQUIREMENTS)
    run = f"bench-{os.getpid()}"
    owner = User.objects.create_user(f"{run}-requester", is_requester=True)
    labeler = User.objects.create_user(f"{run}-labeler")
    people = [tokens.issue(user, name="bench") for user in (owner, labeler)]
    with TemporaryDirectory(prefix="stipend-exports-") as place:
        answers = asyncio.run(_export_all(url, people, Path(place)))
        told = json.loads(elsewhere.run(python, "-I", str(READER), place))
        _keep(told, Path(place))
    found = {name: _compared(answers[name], told["read"][name]) for name in sorted(answers)}
    print(f"label-studio-sdk {told['version']} reads the exports of {url}:")
    for name, one in found.items():
        print(f"  {name:<20}{one['regions']:>4} regions, {one['identical']:>3} read identically")
        for said in one["refused"]:
            print(f"    refused: {said}")
    figures = {
        "reader": f"label-studio-sdk {told['version']}",
        "configurations": len(found),
        "regions": sum(one["regions"] for one in found.values()),
        "identical": sum(one["identical"] for one in found.values()),
        "refused": {name: one["refused"] for name, one in found.items() if one["refused"]},
    }
    print(json.dumps(figures))
    return figures


def _keep(told: dict[str, Any], place: Path) -> None:
    """What was read in `place` is in KEPT."""
    kept = {
        path.stem: {
            "digest": digest(path.read_text(), json.loads(path.with_suffix(".json").read_text())),
            **told["read"][path.stem],
        }
        for path in sorted(place.glob("*.xml"))
    }
    text = json.dumps({"version": told["version"], "read": kept}, indent=1, ensure_ascii=False)
    KEPT.write_text(text + "\n")


def digest(config: str, export: list[dict[str, Any]]) -> str:
    """Of what a reader of this export goes by: the configuration, the data and the results."""
    tasks = [[one["data"], [each["result"] for each in one["annotations"]]] for one in export]
    return hashlib.sha256(json.dumps([config, tasks], sort_keys=True).encode()).hexdigest()


async def _export_all(url: str, people: list[str], place: Path) -> dict[str, list[Region]]:
    """The answer to each configuration, by name; the exports are in `place`.

    `people` are the tokens of a requester and a labeler.
    """
    clients = [Client(url, token=token) for token in people]
    answers = {}
    for folder in sorted(path for path in CONFIGS.iterdir() if path.is_dir()):
        config = (folder / "config.xml").read_text()
        data, answer = (
            json.loads((folder / name).read_text()) for name in ("data.json", "result.json")
        )
        exported = await _exported(*clients, config=config, data=data, answer=answer)
        (place / f"{folder.name}.xml").write_text(config)
        (place / f"{folder.name}.json").write_text(json.dumps(exported))
        answers[folder.name] = answer
    for client in clients:
        client.close()
    return answers


async def _exported(
    owner: Client, labeler: Client, *, config: str, data: dict[str, Any], answer: list[Region]
) -> list[dict[str, Any]]:
    """The export of a project of this configuration with one answered task."""
    wanted = requester.Wanted("Bench: label-studio", "", config, PRICE, 1)
    project = await requester.create(owner, wanted)
    await requester.load(owner, project["id"], [data])
    await requester.fund(owner, project, amount_units=money.parse(project["cost_per_task"]))
    await requester.open_tasks(owner, project["id"])
    held = await labeler.post(f"/api/v1/projects/{project['id']}/next/")
    await labeler.post(f"/api/v1/assignments/{held['id']}/submit/", {"result": answer})
    return await requester.export(owner, project["id"])


def _compared(answer: list[Region], told: dict[str, Any]) -> dict[str, Any]:
    """`identical` counts the regions of which they read every value as it was answered."""
    rest = {name: list(values) for name, values in told["values"][0].items()}
    identical = 0
    for region, typed in zip(answer, told["typed"][0], strict=True):
        values = rest.get(region["from_name"], [])
        theirs = values.pop(0) if values else {}
        identical += _is_read(region, theirs) and _is_part(typed or {}, region["value"])
    invented = sum(map(len, rest.values()))
    return {
        "regions": len(answer),
        "identical": identical - invented,
        "refused": told["refused"],
    }


def _is_read(region: Region, theirs: Region) -> bool:
    """True if their value is ours, with the type and the image's sides that they add to it."""
    sides = {key: region[key] for key in SIDES if key in region}
    kind = theirs.get("type", "")
    return kind.lower() == region["type"] and theirs == {**region["value"], **sides, "type": kind}


def _is_part(typed: Region, value: Region) -> bool:
    """True if all that their class kept of the value is as it was."""
    return all(value.get(key) == kept for key, kept in typed.items())
