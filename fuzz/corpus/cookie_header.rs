&[
    b"a=1; b=2",
    b"__Host-gatelet=\x01",
    b"__Host-gatelet=\x02; __Host-gatelet=\x03",
    b"__Host-gatelet=\x02;__Host-gatelet = \x01 ;x",
    b"gatelet=\x01; __Host-gatelet2=\x01",
    b";;=;",
    b"\x00=\x04; __Host-gatelet=",
    b"__Host-gatelet=v1.k1.AAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
]
