"""`python -m launcher VERB`: the supervisor, or one of the product's processes in the foreground.

`up` supervises all; `web`, `worker`, `beat` and `chain` are one process each, for containers, with
the services that the environment names; `healthy PROCESS` is their health check; `words` compiles
the translations and `statics` makes the styles and scripts, once for all of them.
"""

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from launcher import chain, folders, health, roles, supervisor
from launcher.errors import CannotRun
from launcher.statics import made
from launcher.words import catalogues

PROCESSES = ("web", "worker", "beat", "chain")
USAGE = "usage: python -m launcher up|web|worker|beat|chain|words|statics|healthy PROCESS"


def main(words: Sequence[str]) -> int:
    """The exit code; a process of the product takes this one's place."""
    match list(words):
        case ["up"]:
            return supervisor.main()
        case [("web" | "worker" | "beat" | "chain") as name]:
            return _one(name)
        case ["words"]:
            catalogues.compile_all()
            return 0
        case ["statics"]:
            made.make_all()
            return 0
        case ["healthy", name] if name in PROCESSES:
            return 0 if health.of(name) else 1
    print(USAGE, file=sys.stderr)
    return 2


def _one(name: str) -> int:
    try:
        home = folders.make(folders.home())
        host = os.environ.get("STIPEND_HOST") or "127.0.0.1"
        port = supervisor.port(default=health.PORTS.get(name, 0))
        if name == "chain":
            return chain.run(home / "chain", host=host, port=port)
        _become(name, roles.command(name, home=home, host=host, port=port))
    except CannotRun as error:
        print(error, file=sys.stderr)
        return 1


def _become(name: str, command: list[str]) -> NoReturn:
    """A process of the product, with no more of the environment than it may know."""
    env = roles.environment(folders.home(), {})
    known = roles.payer(env) if name == "worker" else env
    os.chdir(folders.ROOT)
    os.execvpe(command[0], command, known)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
