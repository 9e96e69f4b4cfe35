&[
    b"attempt\n\x01",
    b"landed\n\x01",
    b"attempt\n\x01x",
    b"attempt\nk1.AAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    b"\n",
]
