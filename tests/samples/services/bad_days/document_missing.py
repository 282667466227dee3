"""No framework that describes its operations, and no document."""

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route


async def hello(_):
    return PlainTextResponse("hello")


app = Starlette(routes=[Route("/hello", hello)])
