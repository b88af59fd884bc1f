"""Which failures of MongoDB pass, and which are of what is written."""

import pytest
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    DuplicateKeyError,
    OperationFailure,
    PyMongoError,
)

from shared.errors import ConflictError, UnknownError
from shared.transaction import translated


@pytest.mark.parametrize(
    ("failure", "becomes"),
    [
        (OperationFailure("reading keys is not possible yet", 134), UnknownError),
        (OperationFailure("no such key", 211), UnknownError),
        (AutoReconnect("away"), UnknownError),
        (OperationFailure("too large", 10334), OperationFailure),
        (OperationFailure("a bad value", 2), OperationFailure),
        (DuplicateKeyError("taken", 11000), ConflictError),
        (BulkWriteError({"writeErrors": [{"code": 121, "errmsg": "refused"}]}), BulkWriteError),
        (BulkWriteError({"writeErrors": [{"code": 134, "errmsg": "later"}]}), UnknownError),
        (BulkWriteError({"writeErrors": [{"code": 11000, "errmsg": "taken"}]}), ConflictError),
    ],
)
def test_what_is_not_about_the_document_itself_passes(
    failure: PyMongoError, becomes: type[Exception]
) -> None:
    assert type(translated(failure)) is becomes
