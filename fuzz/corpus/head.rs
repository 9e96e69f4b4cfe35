&[
    b"GET\n/open\napp.example.com\n192.0.2.7\naccept:text/html\nX_Forwarded_User:x\nspin+a:b\nte:trailers\nconnection:x\n",
    b"GET\n/a?b=c\napp.example.com\n\naccept:text/html\ncookie:__Host-gatelet=x\n",
    b"GET\n/a\nApp.example.com.\n::1\ncookie:__Host-gatelet=\x01\nx-forwarded-email:eve@example.com\n",
    b"POST\n/open/%2e%2e/x\nAPP.example.com:443\n::1\nhost:app.example.com\ncookie:a=b\ncookie:gatelet=c\n",
    b"GET\n/health/ready\n\n\n\n",
    b"\n\n\n\n\n",
]
