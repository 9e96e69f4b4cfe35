"""Tells the version of HTTP and the fields that reached it."""

import json


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    fields = [[name.decode(), value.decode("latin-1")] for name, value in scope["headers"]]
    body = json.dumps({"version": scope["http_version"], "fields": fields}).encode()
    head = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": body})
