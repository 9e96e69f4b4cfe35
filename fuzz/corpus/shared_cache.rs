&[
    b"cache-control:private, max-age=60\n",
    b"cache-control:public, s-maxage=60\ncdn-cache-control:max-age=9\n",
    b"cache-control:no-cache=\"a, public\"\nexpires:0\n",
    b"Cache-Control:private=\"x\"\nset-cookie:__Host-gatelet=x;\n",
    b"connection:cache-control\ncache-control:private\n",
]
