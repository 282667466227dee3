"""A shop whose objects are named in bodies and queries: orders of products, actions, bulk deletion, pages of answers."""

import hashlib
import os
import secrets
from datetime import datetime, timedelta, timezone
from typing import Annotated, Literal

import jwt
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Path, Query
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pydantic import BaseModel, Field

PLANT = os.environ.get("PLANT", "")
KEY = secrets.token_hex(32)
oauth2 = OAuth2PasswordBearer(tokenUrl="api/token")
users: dict[str, str] = {}
products: dict[int, dict] = {}
orders: dict[int, dict] = {}
reviews: dict[int, dict] = {}
documents: dict[int, dict] = {}
Id = Annotated[int, Field(ge=1, le=10**9)]
PathId = Annotated[int, Path(ge=1, le=10**9)]


class Account(BaseModel):
    username: str = Field(min_length=3, max_length=40, pattern=r"^\w+$")
    password: str = Field(min_length=8, max_length=64)


class ProductIn(BaseModel):
    name: str = Field(min_length=1, max_length=100)
    price: float = Field(gt=0, le=100_000)


class Product(ProductIn):
    id: int


class Line(BaseModel):
    product_id: Id
    quantity: int = Field(default=1, ge=1, le=99)


class OrderIn(BaseModel):
    items: list[Line] = Field(min_length=1, max_length=20)
    note: str = Field(default="", max_length=200)


class Order(OrderIn):
    id: int
    status: Literal["open", "cancelled"]


class ReviewIn(BaseModel):
    order_id: Id
    text: str = Field(min_length=1, max_length=500)


class Review(ReviewIn):
    id: int


class DocumentIn(BaseModel):
    name: str = Field(min_length=1, max_length=100)


class Document(DocumentIn):
    id: int


class Ids(BaseModel):
    ids: list[Id] = Field(min_length=1, max_length=50)


class Deleted(BaseModel):
    deleted: int


class OrderPage(BaseModel):
    items: list[Order]
    total: int
    page: int
    size: int


def digest(password: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), b"shop", 1000).hex()


def current_user(token: Annotated[str, Depends(oauth2)]) -> str:
    try:
        name = jwt.decode(token, KEY, algorithms=["HS256"])["sub"]
    except (jwt.PyJWTError, KeyError):
        name = None
    if name not in users:
        raise HTTPException(401, "Not authenticated", {"WWW-Authenticate": "Bearer"})
    return name


User = Annotated[str, Depends(current_user)]


def add(table: dict[int, dict], owner: str, values: dict) -> dict:
    number = max(table, default=0) + 1
    table[number] = values | {"id": number, "owner": owner}
    return table[number]


def own(table: dict[int, dict], user: str, number: int, *, checked: bool = True) -> dict:
    found = table.get(number)
    if found is None or (checked and found["owner"] != user):
        raise HTTPException(404, "Not found")
    return found


api = APIRouter(prefix="/api")


@api.post("/register", status_code=201)
def register(body: Account) -> dict[str, str]:
    if body.username in users:
        raise HTTPException(409, "Taken")
    users[body.username] = digest(body.password)
    return {"username": body.username}


@api.post("/token")
def token(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, str]:
    if users.get(form.username) != digest(form.password):
        raise HTTPException(400, "Wrong name or password")
    payload = {"sub": form.username, "exp": datetime.now(timezone.utc) + timedelta(minutes=10)}
    return {"access_token": jwt.encode(payload, KEY, algorithm="HS256"), "token_type": "bearer"}


@api.post("/products", status_code=201, response_model=Product)
def offer(user: User, body: ProductIn):
    return add(products, user, body.model_dump())


@api.get("/products", response_model=list[Product])
def list_products(
    user: User, q: Annotated[str, Query(max_length=50)] = "", max_price: Annotated[float, Query(gt=0, le=1e6)] = 1e6
):
    found = [one for one in products.values() if q in one["name"] and one["price"] <= max_price]
    return sorted(found, key=lambda one: -one["id"])[:100]


@api.post("/orders", status_code=201, response_model=Order)
def place_order(user: User, body: OrderIn):
    for line in body.items:
        if line.product_id not in products:
            raise HTTPException(404, f"No product {line.product_id}")
    return add(orders, user, body.model_dump() | {"status": "open"})


@api.get("/orders", response_model=OrderPage)
def list_orders(
    user: User,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    size: Annotated[int, Query(ge=1, le=100)] = 50,
    status: Annotated[Literal["open", "cancelled"] | None, Query()] = None,
):
    found = [one for one in orders.values() if one["owner"] == user and status in (None, one["status"])]
    return {"items": found[(page - 1) * size : page * size], "total": len(found), "page": page, "size": size}


@api.get("/orders/{order_id}", response_model=Order)
def read_order(user: User, order_id: PathId):
    return own(orders, user, order_id)


@api.post("/orders/{order_id}/cancel", response_model=Order)
def cancel_order(user: User, order_id: PathId):
    order = own(orders, user, order_id, checked=PLANT != "cancels-any-order")
    order["status"] = "cancelled"
    return order


@api.post("/reviews", status_code=201, response_model=Review)
def review(user: User, body: ReviewIn):
    own(orders, user, body.order_id, checked=PLANT != "reviews-any-order")
    return add(reviews, user, body.model_dump())


@api.get("/reviews", response_model=list[Review])
def list_reviews(user: User, order_id: Annotated[Id, Query()]):
    own(orders, user, order_id)
    return [one for one in reviews.values() if one["order_id"] == order_id]


@api.post("/document", status_code=201, response_model=Document)
def upload(user: User, body: DocumentIn):
    return add(documents, user, body.model_dump())


@api.get("/document", response_model=Document)
def read_document(user: User, id: Annotated[int, Query(ge=1, le=10**9)]):
    return own(documents, user, id, checked=PLANT != "reads-any-document")


@api.post("/documents/delete", response_model=Deleted)
def delete_documents(user: User, body: Ids):
    mine = [number for number in set(body.ids) if number in documents and documents[number]["owner"] == user]
    gone = [number for number in set(body.ids) if number in documents] if PLANT == "bulk-deletes-any" else mine
    for number in gone:
        del documents[number]
    return {"deleted": len(gone)}


app = FastAPI(title="Shop")
app.include_router(api)
