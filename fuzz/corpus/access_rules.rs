&[
    b"/assets/a\nGET\nGET /assets/* public; /admin/* org acme.com, acme.org; /* signed-in",
    b"/a/../b\nPOST\n/* public",
    b"/%61dmin\nhead\n/* public\nGET,POST /admin passphrase or org acme.com",
    b"/\nX\n/a public; /A signed-in; /b/ public",
    b"/b/\nPOST\n/b/ public",
    b"/Admin\nGET\n/* public; /admin signed-in",
]
