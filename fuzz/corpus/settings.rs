&[
    b"base_url=https://app.example.com\ncookie_domain=example.com",
    b"base_url=http://x\ninsecure_http=allow\npublic_paths=/*",
    b"session_fresh_seconds=0\ntrusted_proxies=::/0\nupstream=http://[::1]:80",
    b"session_keys=k:AAAA\nsite_name=\x1b",
    b"base_url=https://app.example.com:8443\nsession_keys=k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
]
