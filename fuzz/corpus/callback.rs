&[
    b"code=c&state=\x01&iss=https%3A%2F%2Fid.example",
    b"code=c&state=\x01&iss=https%3A%2F%2Fid.example&iss=x",
    b"code=c&state=x&iss=https%3A%2F%2Fid.example",
    b"error=access_denied&state=\x01&iss=https%3A%2F%2Fid.example",
    b"sealed_code=AAAA&state=\x01&iss=https%3A%2F%2Fid.example",
    b"code=a+b&foo=1&foo=2&stat%65=\x01&iss=https://id.example",
]
