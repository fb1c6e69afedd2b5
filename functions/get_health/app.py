"""GET /health: whether the API answers, and whether it is guarded."""

from event_management.config import load_config
from event_management.http.endpoint import endpoint
from event_management.http.request import Request
from event_management.views import Health


@endpoint("get_health")
def lambda_handler(request: Request) -> Health:
    """Answer 200 where gateway, function and settings work; the table is not asked, which would cost and could be throttled."""
    return Health.of(is_open=load_config().is_open)
