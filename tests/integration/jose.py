"""Tokens by hand, good and bad: every byte of a segment can be chosen, which no library would let one do.

    token(claims())                                       what the service accepts
    token(claims(exp=1))                                  expired
    token(claims(), header={"alg": "RS256", "crit": []})  another header
    sign(b'{"alg":"RS256"}', b'[]')                       any bytes as header and payload, well signed
"""

import base64
import functools
import hashlib
import hmac
import json
import os
import subprocess
import time

import harness

ABSENT = object()  # of claims(): leave this one out


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(segment):
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


@functools.lru_cache(maxsize=None)
def signature(text, key=None, digest="sha256"):
    """RSASSA-PKCS1-v1_5 by OpenSSL's command line (RFC 7518 section 3.3)."""
    return subprocess.run(["openssl", "dgst", "-" + digest, "-sign", key or harness.Keys.get().private()],
                          input=text.encode(), stdout=subprocess.PIPE, check=True).stdout


def sign(header, payload, key=None, digest="sha256"):
    text = encode(header) + "." + encode(payload)
    return text + "." + encode(signature(text, key, digest))


def sign_hmac(header, payload, secret):
    """What a library that lets the token choose its algorithm would accept under the public key's text."""
    text = encode(header) + "." + encode(payload)
    return text + "." + encode(hmac.new(secret, text.encode(), hashlib.sha256).digest())


def claims(**changes):
    """The claims of somebody who may do everything; names without a colon that are not registered get the namespace."""
    now = int(time.time())
    registered = {"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "token_type"}
    all_claims = {"sub": "operator", "aud": "documents", "iat": now, "exp": now + 3600, "actors": ["operator"]}
    all_claims.update(changes)
    return {name if name in registered or ":" in name else "neosofia:" + name: value
            for name, value in all_claims.items() if value is not ABSENT}


def token(payload, header=None, key=None, digest="sha256"):
    header = {"alg": "RS256", "typ": "JWT"} if header is None else header
    return sign(json.dumps(header).encode(), json.dumps(payload).encode(), key, digest)


def bearer(text):
    return {"Authorization": "Bearer " + text}


def public_pem():
    with open(harness.Keys.get().public(), "rb") as f:
        return f.read()


def other_key(folder, name="other.pem", bits=2048):
    """A private key that the service knows nothing of."""
    path = os.path.join(folder, name)
    subprocess.run(["openssl", "genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:%d" % bits,
                    "-out", path], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return path
