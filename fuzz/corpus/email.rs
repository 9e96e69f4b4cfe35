&[
    b"ann@ex\xc3\xa4mple.com",
    b"ANN+x@Example.COM",
    b"a@b",
    b"ann@example.com, eve@example.com",
    b"\"a b\"@example.com",
    b"ann@[127.0.0.1]",
    b"a@xn--e1afmkfd.xn--p1ai",
    b"ann@example.com\r\nbcc: eve@example.com",
    b"ann@1.2.3.4",
]
