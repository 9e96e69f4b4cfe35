&[
    b"vqmzkhrt",
    b"Gr\xc3\xbc\xc3\x9fe\xc2\xa0aus Wien",
    b"password1",
    b"ann@example.com",
    b"short",
    b"a\tb\nc",
    b"e\xcc\x81e\xcc\x81e\xcc\x81e\xcc\x81e\xcc\x81e\xcc\x81e\xcc\x81e\xcc\x81x",
]
