&[
    b"https://demo.example.net, *.example.org\nhttps://demo.example.net",
    b"*.example.org\nhttps://a.b.example.org:9443",
    b"*.example.org\nhttps://evilexample.org",
    b"\nhttps://feat--app.previews.example",
    b"\nhttps://evilpreviews.example",
    b"*.localhost\nhttp://a.localhost:3000",
    b"https://demo.example.net\nhttps://demo.example.net:8443",
    b"*.com\nhttps://a.com",
]
