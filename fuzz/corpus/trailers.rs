&[
    b"server-timing:a\ngrpc-status:0\n",
    b"x_forwarded_user:a\nchecksum:b\n",
    b"Content.Length:1\ncookie:a\nset-cookie:b\n",
    b"te:trailers\ntrailer:x\n",
    b"\n",
    b"x\xdfforwarded_user\x00\x00\x00\x00\x00\x00\x00s\x00 :oa\nebksu\x00\x00b\n",
    b"x-ssl:on\n",
]
