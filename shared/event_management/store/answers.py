"""Answers of `GetItem` and `Query`, read in one go.

botocore's parser walks through the service's model for every attribute; a page of events has a thousand of them.
"""

from functools import cache
from typing import TYPE_CHECKING, Any, TypedDict, cast

import msgspec
from botocore.parsers import JSONParser, ResponseParser, ResponseParserFactory

if TYPE_CHECKING:
    from botocore.model import Shape


class AttributeValue(TypedDict, total=False):
    """Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html."""

    S: str
    N: str
    B: bytes
    BOOL: bool
    NULL: bool
    M: dict[str, "AttributeValue"]
    L: list["AttributeValue"]
    SS: list[str]
    NS: list[str]
    BS: list[bytes]


Attributes = dict[str, AttributeValue]


class ItemAnswer(TypedDict, total=False):
    """Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html."""

    Item: Attributes
    ConsumedCapacity: dict[str, Any]


class PageAnswer(TypedDict, total=False):
    """Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html."""

    Items: list[Attributes]
    Count: int
    ScannedCount: int
    LastEvaluatedKey: Attributes
    ConsumedCapacity: dict[str, Any]


class AnswerParserFactory(ResponseParserFactory):
    """Makes the parser once, where botocore makes one for each answer."""

    @cache  # noqa: B019 - lives as long as the client
    def create_parser(self, protocol_name: str) -> ResponseParser:
        """Return the parser of a protocol: ours for DynamoDB's JSON."""
        return _AnswerParser() if protocol_name == "json" else super().create_parser(protocol_name)


class _AnswerParser(JSONParser):
    """botocore's, but for answers that hold items. Errors, and whatever is not as DynamoDB says, are botocore's."""

    def _do_parse(self, response: dict[str, Any], shape: "Shape | None") -> dict[str, Any]:
        decoder = _decoders().get(response["context"]["operation_name"])
        if decoder is not None:
            try:
                parsed: dict[str, Any] = decoder.decode(response["body"])
            except msgspec.DecodeError:
                pass  # an answer that broke off, for one
            else:
                self._inject_response_metadata(parsed, response["headers"])  # type: ignore[attr-defined]
                return parsed
        return cast("dict[str, Any]", super()._do_parse(response, shape))  # type: ignore[misc]


@cache
def _decoders() -> dict[str, msgspec.json.Decoder[Any]]:
    """By operation."""
    return {"GetItem": msgspec.json.Decoder(ItemAnswer), "Query": msgspec.json.Decoder(PageAnswer)}
