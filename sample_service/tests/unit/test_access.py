"""What is decided about the caller before anything is looked up."""

import httpx
import pytest

OF_AN_ADMIN = [("GET", "/admin/users"), ("DELETE", "/admin/users/1")]


@pytest.mark.parametrize(("method", "path"), OF_AN_ADMIN)
async def test_who_is_no_admin_is_told_so(
    method: str, path: str, caller: httpx.AsyncClient
) -> None:
    answer = await caller.request(method, path)
    assert answer.status_code == 403
    assert answer.json() == {"detail": "Only an admin may do this"}


@pytest.mark.parametrize("path", ["/admin/users?limit=0", "/admin/users?unknown=1"])
async def test_the_role_is_decided_before_the_page_is_looked_at(
    path: str, caller: httpx.AsyncClient
) -> None:
    assert (await caller.get(path)).status_code == 403
