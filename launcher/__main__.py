"""`python -m launcher up`: the supervisor without Django in its process."""

import sys

from launcher import supervisor

if __name__ == "__main__":
    if sys.argv[1:] != ["up"]:
        sys.exit("usage: python -m launcher up")
    sys.exit(supervisor.main())
