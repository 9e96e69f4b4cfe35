&[
    b"server-timing:a\ngrpc-status:0\n",
    b"x_forwarded_user:a\nchecksum:b\n",
    b"Content.Length:1\ncookie:a\nset-cookie:b\n",
    b"te:trailers\ntrailer:x\n",
    b"\n",
]
