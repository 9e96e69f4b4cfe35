&[
    b"Ada Lovelace",
    b" a  b ",
    b"\xe2\x80\xaeevil",
    b"a\x00",
    b"",
    b"e\xcc\x81",
]
