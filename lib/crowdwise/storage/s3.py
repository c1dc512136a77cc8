"""A client of S3 made from the usual chain, and its errors as sentences.

The endpoint, the region and the credentials are read by boto3 as everywhere (``AWS_ENDPOINT_URL``, ``AWS_*``, its
files, a machine's role) and come from nowhere else.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from crowdwise.base.errors import Problem
from crowdwise.storage.address import CREDENTIALS, SCHEME, Place, without_credentials

AMAZON = (".amazonaws.com", ".amazonaws.com.cn")

_RIGHTS = "Check that these credentials may list, read and write here"
_SENTENCES = {  # what a server's error code means, and what to do
    "NoSuchBucket": ("there is no such bucket", "Make it, or mend its name"),
    "InvalidBucketName": ("this is no bucket's name", "Mend it, as in s3://bucket/prefix"),
    "NoSuchKey": ("there is no such object", "Check its name, and what the bucket holds"),
    "SignatureDoesNotMatch": (
        "the server refuses the secret key (SignatureDoesNotMatch)",
        "Check AWS_SECRET_ACCESS_KEY or the credentials file; the secret does not belong to this key id",
    ),
    "InvalidAccessKeyId": ("the server does not know this key id (InvalidAccessKeyId)", "Check AWS_ACCESS_KEY_ID"),
    "AccessDenied": ("access is refused (AccessDenied)", _RIGHTS),
    "AuthorizationHeaderMalformed": ("the bucket is in another region", "Set AWS_DEFAULT_REGION to its region"),
    "PermanentRedirect": ("the bucket is in another region", "Set AWS_DEFAULT_REGION to its region"),
    "ExpiredToken": ("the session token has expired (ExpiredToken)", "Get a new one, and set AWS_SESSION_TOKEN"),
    "InvalidToken": ("the session token is refused (InvalidToken)", "Check AWS_SESSION_TOKEN, or unset it"),
    "RequestTimeTooSkewed": ("this machine's clock differs from the server's", "Set the clock"),
}
_BY_STATUS = {301: "PermanentRedirect", 403: "AccessDenied", 404: "NoSuchKey"}


class Unreachable(Problem):
    """The server does not answer: asking it for something else would take as long."""


def connect(*, patient: bool = True) -> Any:
    """Give a client: five attempts with growing pauses, or when not `patient` two with short ones.

    Raises
    ------
    Problem
        If the settings can't be used: a profile that is not there, an endpoint that is no URL.
    """
    import boto3
    import botocore.session
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    settings: dict[str, Any] = {
        "connect_timeout": 10 if patient else 3,  # seconds
        "read_timeout": 60 if patient else 5,
        "retries": {"mode": "standard", "total_max_attempts": 5 if patient else 2},
        # Newer clients add checksums that many servers other than Amazon's do not know; ours stand in the metadata.
        "request_checksum_calculation": "when_required",
        "response_checksum_validation": "when_required",
        "user_agent_extra": "crowdwise",
    }
    try:
        core = botocore.session.Session()
        core.register_component("data_loader", _descriptions())
        session = boto3.session.Session(botocore_session=core)
        client = session.client("s3", config=Config(**settings))
        if not (client.meta.endpoint_url or "").removesuffix("/").endswith(AMAZON):
            # A server of one's own has no name for each bucket.
            client = session.client("s3", config=Config(**settings, s3={"addressing_style": "path"}))
    except ValueError as error:
        remedy = "Write it as in http://localhost:9000"
        raise Problem("this is no URL of a server", where="AWS_ENDPOINT_URL", remedy=remedy) from error
    except BotoCoreError as error:
        remedy = f"{CREDENTIALS}, and check the files of settings and credentials"
        raise Problem(
            f"the settings of S3 can't be used ({type(error).__name__})", where="AWS", remedy=remedy
        ) from error
    return client


@functools.cache
def _descriptions() -> Any:
    """Give the reader of boto3's descriptions of services, which are large and the same for every client."""
    from botocore.loaders import create_loader

    return create_loader()


@contextmanager
def explained(place: Place) -> Iterator[None]:
    """Turn what boto3 raises in the block into a Problem about `place`; no message of boto3 itself gets through."""
    from botocore import exceptions as boto

    try:
        yield
    except boto.ClientError as error:
        raise _refusal(error.response, place) from error
    except (
        boto.NoCredentialsError,
        boto.PartialCredentialsError,
        boto.CredentialRetrievalError,
        boto.NoAuthTokenError,
        boto.SSOError,
    ) as error:
        what = f"no credentials for S3 can be found ({type(error).__name__})"
        raise Problem(what, where=str(place), remedy=CREDENTIALS) from error
    except boto.ParamValidationError as error:
        raise Problem("this is no name for an object or bucket", where=str(place), remedy="Mend it") from error
    except (boto.HTTPClientError, boto.ConnectionError) as error:
        address = urlsplit(without_credentials(str(error.kwargs.get("endpoint_url") or "")))
        server = f"{address.scheme}://{address.netloc}" if address.netloc else "the server"
        what = f"{server} can't be reached ({type(error).__name__})"
        remedy = "Check AWS_ENDPOINT_URL and the network, or try again later"
        raise Unreachable(what, where=str(place), remedy=remedy) from error
    except boto.BotoCoreError as error:
        remedy = "Check AWS_ENDPOINT_URL and the settings of S3"
        raise Problem(f"S3 can't be used ({type(error).__name__})", where=str(place), remedy=remedy) from error


def _refusal(response: Any, place: Place) -> Problem:
    """Say what a server's refusal means: by its code, or by its status where it gives no more (as to HEAD)."""
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    code = str(response.get("Error", {}).get("Code", ""))
    if code not in _SENTENCES and (code.isdigit() or not code):
        code = _BY_STATUS.get(status, code)
    if code in _SENTENCES:
        what, remedy = _SENTENCES[code]
        where = f"{SCHEME}{place.bucket}" if "bucket" in what and "object" not in what else str(place)
        return Problem(what, where=where, remedy=remedy)
    if status >= 500 or status == 429 or code in ("SlowDown", "RequestTimeout", "Throttling"):
        what = f"the server stays overloaded or broken ({code or status})"
        return Problem(what, where=str(place), remedy="Try again later")
    return Problem(f"the server answers {code or status}", where=str(place), remedy=_RIGHTS)
