&[
    b"{\"alg\":\"EdDSA\",\"typ\":\"JWT\",\"kid\":\"2\"}\n{\"iss\":\"https://id.example\",\"sub\":\"248289761001\",\"aud\":\"client\",\"nonce\":\"nonce\",\"exp\":1800000300,\"iat\":1799999995,\"email\":\"Jane@Example.com\",\"email_verified\":true,\"name\":\"Jane Doe\"}",
    b"{\"alg\":\"EdDSA\"}\n{\"iss\":\"https://id.example\",\"sub\":\"248289761001\",\"aud\":[\"client\",\"x\"],\"azp\":\"client\",\"nonce\":\"nonce\",\"exp\":1800000300,\"iat\":1799999995,\"email\":\"Jane@Example.com\",\"email_verified\":true,\"name\":\"Jane Doe\"}",
    b"{\"alg\":\"none\"}\n{\"iss\":\"https://id.example\",\"sub\":\"248289761001\",\"aud\":\"client\",\"nonce\":\"nonce\",\"exp\":1800000300,\"iat\":1799999995,\"email\":\"Jane@Example.com\",\"email_verified\":true,\"name\":\"Jane Doe\"}",
    b"{\"alg\":\"ES256\",\"kid\":\"1\"}\n{\"iss\":\"https://id.example\",\"sub\":\"248289761001\",\"aud\":\"client\",\"nonce\":\"nonce\",\"exp\":1800000300,\"iat\":1799999995,\"email\":\"Jane@Example.com\",\"email_verified\":true,\"name\":\"Jane Doe\"}",
    b"{\"alg\":\"EdDSA\",\"kid\":\"2\",\"crit\":[\"b64\"],\"b64\":false}\n{\"iss\":\"https://id.example\",\"sub\":\"248289761001\",\"aud\":\"client\",\"nonce\":\"nonce\",\"exp\":1800000300,\"iat\":1799999995,\"email\":\"Jane@Example.com\",\"email_verified\":true,\"name\":\"Jane Doe\"}",
    b"{\"alg\":\"EdDSA\",\"kid\":\"2\"}\n{\"iss\":\"https://id.example\",\"sub\":\"248289761001\",\"aud\":\"client\",\"exp\":1800000300,\"iat\":1799999995,\"email\":\"Jane@Example.com\",\"email_verified\":true,\"name\":\"Jane Doe\"}",
    b"eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
]
