&[
    b"\x02\n\x01\n\x03",
    b"\x02\n\x01x\n\x03",
    b"x\n\x01\n\x03",
    b"\x02\n\x01\nx",
    b"__Host-gatelet-attempt-AAAAAAAA\n\x01\n",
]
