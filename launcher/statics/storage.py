"""Static files by the name under which a browser may keep them for good."""

import json
from functools import cached_property
from typing import Any

from whitenoise.storage import CompressedStaticFilesStorage

from launcher.statics import made


class MadeStaticFilesStorage(CompressedStaticFilesStorage):
    """Answers with the name that carries a digest, where there is one."""

    def url(self, name: str | None, *args: Any, **options: Any) -> str:
        """The address of a static file."""
        return super().url(self.names.get(name or "", name), *args, **options)

    @cached_property
    def names(self) -> dict[str, str]:
        """What `made.make_all` has written; nothing where it never ran."""
        try:
            return dict(json.loads((made.FOLDER / made.NAMES).read_text()))
        except (OSError, ValueError):
            return {}
