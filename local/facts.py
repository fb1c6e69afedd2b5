"""What a running stack tells of itself, to people and programs alike."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Facts:
    """A running stack's addresses and names; also what ready files and stack.json hold."""

    base_url: str
    endpoint_url: str
    region: str
    auth: str
    api_id: str
    stage: str
    table_name: str
    log_group: str
    user_pool_id: str
    user_pool_client_id: str
    log_file: str
    cloud_log_file: str
    state: str
    pid: int
    cloud_pid: int
