&[
    b"code=c&state=\x01&iss=https%3A%2F%2Fid.example",
    b"code=\x03&state=\x02",
    b"code=c&state=\x02",
    b"code=\x03&state=\x01x",
    b"state=relay.k1.AAAA.AAAA",
    b"code=\x03&state=\x02&iss=https%3A%2F%2Fid.example&error=x",
]
