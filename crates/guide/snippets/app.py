from urllib.parse import unquote
from wsgiref.simple_server import make_server

def app(environ, start_response):
    user = environ.get("HTTP_X_FORWARDED_USER")
    if not user:
        start_response("303 See Other", [("Location", "/auth/sign-in?return_to=/")])
        return []
    name = unquote(environ["HTTP_X_FORWARDED_NAME"])
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    return [f"Hello {name}, your id is {user}.\n".encode()]

make_server("127.0.0.1", 8000, app).serve_forever()
