from typing import Any

import httpx


async def test_a_login_leads_back_to_the_page_it_began_at(deploy: Any) -> None:
    outpost = await deploy()
    async with outpost.client() as client:
        end = await outpost.login(client)
        page = await client.get("/page")

    assert end.headers["location"] == "http://app.test:9000/page?x=1"
    assert page.text == "hello"
