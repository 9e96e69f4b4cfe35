&[
    b"{\"id\":1,\"login\":\"ada\",\"name\":\"Ada\"}\n[{\"email\":\"ada@example.com\",\"primary\":true,\"verified\":true}]",
    b"{\"id\":1,\"login\":\"ada\"}\n[{\"email\":\"ada@example.com\",\"primary\":true,\"verified\":false},{\"email\":\"b@example.com\",\"primary\":false,\"verified\":true}]",
    b"{\"id\":\"1\",\"login\":\"ada\"}\n[]",
    b"{\"id\":1,\"login\":\"a\"}\n[{\"email\":\"a@b.c\",\"primary\":true,\"verified\":true},{\"email\":\"b@b.c\",\"primary\":true,\"verified\":true}]",
]
