"""An OpenID Connect provider on this machine, which can be told to lie."""

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT = "rapport-tests"
SECRET = "between the two of us"
OWN_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider:
    """Runs while used as a context. `claims` go into the ID token over the honest ones; None takes one out."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.config: dict[str, Any] = {}
        self.more: dict[str, Any] = {}
        self.key: Any = OWN_KEY
        self.algorithm = "RS256"
        self.asked: dict[str, str] = {}
        self.verifiers: list[str] = []
        handler = type("Handler", (_Handler,), {"provider": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> "Provider":
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def sign_in(self, address: str) -> str:
        """What the provider does when somebody was sent to the address and said yes; where they are sent back."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        back = urlsplit(self.asked["redirect_uri"])
        return f"{back.path}?code=one-time&state={self.asked['state']}"

    def token(self) -> str:
        """The ID token."""
        now = int(time.time())
        honest = {"iss": self.issuer, "aud": CLIENT, "sub": "7", "iat": now, "exp": now + 300}
        honest |= {"nonce": self.asked.get("nonce"), "email": "an@example.com", "email_verified": True, "name": "An"}
        claims = {name: value for name, value in (honest | self.claims).items() if value is not None}
        return jwt.encode(claims, self.key, algorithm=self.algorithm, headers={"kid": "one"})

    def answer(self, path: str, form: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        """What is told under the path."""
        if path == "/.well-known/openid-configuration":
            places = {name: f"{self.issuer}/{path}" for name, path in PLACES.items()}
            return 200, {"issuer": self.issuer, **places, **self.config}
        if path == "/keys":
            key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(OWN_KEY.public_key()))
            return 200, {"keys": [key | {"kid": "one", "alg": "RS256", "use": "sig"}]}
        if path == "/userinfo":
            return 200, self.userinfo
        verifier = form.get("code_verifier", [""])[0]
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        honest = form.get("client_secret") == [SECRET] and form.get("code") == ["one-time"]
        if not honest or digest != self.asked.get("code_challenge"):
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "open", "token_type": "Bearer", "id_token": self.token(), **self.more}


PLACES = {
    "authorization_endpoint": "authorize",
    "token_endpoint": "token",
    "jwks_uri": "keys",
    "userinfo_endpoint": "userinfo",
}


class _Handler(BaseHTTPRequestHandler):
    """Speaks HTTP for a provider."""

    provider: ClassVar[Provider]

    def do_GET(self) -> None:
        """Discovery, keys, userinfo."""
        self._say()

    def do_POST(self) -> None:
        """A code for tokens."""
        self._say()

    def log_message(self, *_words: Any) -> None:
        """Nothing."""

    def _say(self) -> None:
        """One answer."""
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        status, told = self.provider.answer(urlsplit(self.path).path, parse_qs(sent))
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
