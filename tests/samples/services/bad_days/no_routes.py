"""Has no operation at all."""

from fastapi import FastAPI

app = FastAPI(openapi_url=None)
