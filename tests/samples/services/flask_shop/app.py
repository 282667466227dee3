"""Wish lists on Flask with flask-smorest: known by its OpenAPI document alone, which lies at /api/openapi.json."""

import hashlib
import os
import secrets
import sqlite3
import tempfile
from functools import wraps

import jwt
from flask import Flask, g, request
from flask.views import MethodView
from flask_smorest import Api, Blueprint, abort
from marshmallow import Schema, fields, validate

PLANT = os.environ.get("PLANT", "")
KEY = secrets.token_hex(32)
FOLDER = tempfile.TemporaryDirectory(prefix="flask-shop-")
app = Flask(__name__)
app.config.update(
    API_TITLE="Wish lists",
    API_VERSION="v1",
    OPENAPI_VERSION="3.0.3",
    OPENAPI_URL_PREFIX="/api",
    OPENAPI_JSON_PATH="openapi.json",
    API_SPEC_OPTIONS={
        "components": {
            "securitySchemes": {"bearerAuth": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
        }
    },
)
api = Api(app)


def database() -> sqlite3.Connection:
    if "db" not in g:
        g.db = sqlite3.connect(f"{FOLDER.name}/app.db", isolation_level=None)
        g.db.row_factory = sqlite3.Row
    return g.db


@app.teardown_appcontext
def close(_: BaseException | None) -> None:
    if connection := g.pop("db", None):
        connection.close()


with app.app_context():
    database().executescript("""
        CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, password TEXT);
        CREATE TABLE wishes (id INTEGER PRIMARY KEY, user_id INT, name TEXT, price REAL);
    """)


class AccountSchema(Schema):
    id = fields.Int(dump_only=True)
    email = fields.Email(required=True, validate=validate.Length(max=200))
    password = fields.Str(required=True, load_only=True, validate=validate.Length(min=8, max=100))


class TokenSchema(Schema):
    access_token = fields.Str()


class WishSchema(Schema):
    id = fields.Int(dump_only=True)
    name = fields.Str(required=True, validate=validate.Length(min=1, max=100))
    price = fields.Float(load_default=0.0, validate=validate.Range(min=0, max=1e6))


def digest(password: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), b"wishes", 1000).hex()


def login_required(view):
    @wraps(view)
    def wrapped(*args, **kwargs):
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        try:
            if kind != "Bearer":
                abort(401, message="Missing Authorization Header")
            g.user = int(jwt.decode(token, KEY, algorithms=["HS256"])["sub"])
        except (jwt.PyJWTError, KeyError, ValueError):
            abort(401, message="Invalid token")
        return view(*args, **kwargs)

    return wrapped


SECURED = {"security": [{"bearerAuth": []}]}
auth = Blueprint("auth", "auth", url_prefix="/api/auth")
wishes = Blueprint("wishes", "wishes", url_prefix="/api/wishes")


@auth.route("/register", methods=["POST"])
@auth.arguments(AccountSchema)
@auth.response(201, AccountSchema)
def register(account):
    try:
        query = "INSERT INTO users (email, password) VALUES (?, ?)"
        row = database().execute(query, [account["email"], digest(account["password"])]).lastrowid
    except sqlite3.IntegrityError:
        abort(409, message="An account with that email exists")
    return {"id": row, "email": account["email"]}


@auth.route("/login", methods=["POST"])
@auth.arguments(AccountSchema)
@auth.response(200, TokenSchema)
def login(account):
    found = database().execute("SELECT * FROM users WHERE email = ?", [account["email"]]).fetchone()
    if found is None or found["password"] != digest(account["password"]):
        abort(401, message="Invalid credentials")
    return {"access_token": jwt.encode({"sub": str(found["id"])}, KEY, algorithm="HS256")}


def own(wish_id: int, *, checked: bool = True) -> sqlite3.Row:
    if wish_id > 2**62:
        abort(404)
    found = database().execute("SELECT * FROM wishes WHERE id = ?", [wish_id]).fetchone()
    if found is None or (checked and found["user_id"] != g.user):
        abort(404, message="No such wish")
    return found


@wishes.route("")
class Wishes(MethodView):
    @wishes.doc(**SECURED)
    @wishes.response(200, WishSchema(many=True))
    @login_required
    def get(self):
        where, values = ("1", []) if PLANT == "lists-all-wishes" else ("user_id = ?", [g.user])
        return [dict(row) for row in database().execute(f"SELECT * FROM wishes WHERE {where}", values)]

    @wishes.doc(**SECURED)
    @wishes.arguments(WishSchema)
    @wishes.response(201, WishSchema)
    @login_required
    def post(self, wish):
        query = "INSERT INTO wishes (user_id, name, price) VALUES (?, ?, ?)"
        return dict(own(database().execute(query, [g.user, wish["name"], wish["price"]]).lastrowid))


@wishes.route("/<int:wish_id>")
class Wish(MethodView):
    @wishes.doc(**SECURED)
    @wishes.response(200, WishSchema)
    @login_required
    def get(self, wish_id):
        return dict(own(wish_id, checked=PLANT != "reads-any-wish"))

    @wishes.doc(**SECURED)
    @wishes.arguments(WishSchema)
    @wishes.response(200, WishSchema)
    @login_required
    def put(self, wish, wish_id):
        own(wish_id)
        database().execute("UPDATE wishes SET name = ?, price = ? WHERE id = ?", [wish["name"], wish["price"], wish_id])
        return dict(own(wish_id))

    # The document says that a log-in is needed, whether or not the view asks for it.
    @wishes.doc(**SECURED)
    @wishes.response(204)
    def delete(self, wish_id):
        if PLANT != "deletes-without-login":
            return login_required(lambda: self.remove(own(wish_id)["id"]))()
        return self.remove(own(wish_id, checked=False)["id"])

    @staticmethod
    def remove(wish_id: int) -> None:
        database().execute("DELETE FROM wishes WHERE id = ?", [wish_id])


api.register_blueprint(auth)
api.register_blueprint(wishes)
