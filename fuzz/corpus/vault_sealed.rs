&[
    b"\x01hunter2",
    b"\xff-----BEGIN KEY-----\nAAAA\n-----END KEY-----\n",
    b"\x01a\0b",
    b"\x01",
    b"\x01\xff",
    b"\0\x01",
    b"\0",
    b"",
]
