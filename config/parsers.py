"""How the bodies of API requests are read: bounded in size and depth."""

from typing import Any

import orjson
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser


class BodyTooLarge(APIException):
    status_code = 413
    default_code = "file_too_large"
    default_detail = gettext_lazy("The body is larger than allowed.")


class BoundedJSONParser(JSONParser):
    """JSON by orjson: at most 1,024 levels deep, no NaN, no half characters."""

    def parse(self, stream: Any, media_type: str | None = None, context: Any = None) -> Any:
        """The decoded body; raises ParseError, BodyTooLarge."""
        limit_bytes = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit_bytes + 1)
        if len(body) > limit_bytes:
            raise BodyTooLarge()
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError(_("The body is not JSON: %(problem)s.") % {"problem": error})
