&[
    b"[{\"id\":\"a\",\"issuer\":\"https://a.example\",\"client_id\":\"a\"}]\x00{\"a\":\"s\"}",
    b"[{\"id\":\"a\",\"issuer\":\"http://a.example\",\"client_id\":\"a\"}]\x00{\"a\":\"s\"}",
    b"[{\"id\":\"a\",\"issuer\":\"https://a.example\",\"client_id\":\"a\"},{\"id\":\"a\",\"issuer\":\"https://b.example\",\"client_id\":\"a\"}]\x00{\"a\":\"s\"}",
    b"[{\"id\":\"a\",\"issuer\":\"https://a.example/{tenantid}/v2\",\"client_id\":\"a\",\"endpoint_hosts\":[\"b.example\"],\"scopes\":\"openid email\"}]\x00{\"a\":\"s\"}",
    b"[]\x00{\"a\":\"a secret that nobody is to read in an error\"}",
    b"{",
    b"[{\"id\":\"a\",\"issuer\":\"https://a.example\",\"client_id\":\"a\",\"token_endpoint_auth_method\":\"none\"},{\"id\":\"a\",\"issuer\":\"https://a.example\",\"client_id\":\"a\",\"token_endpoint_auth_method\":\"none\"}]\x00",
    b"[{\"id\":\"a\",\"issuer\":\"https://a.example\",\"client_id\":\"a\",\"token_endpoint_auth_method\":\"none\"}]\x00{}",
    b"[{\"id\":\"a\",\"issuer\":\"https://a.example\",\"client_id\":\"a\",\"token_endpoint_auth_method\":\"none\"}]\x00{\"a\":\"a secret that nobody is to read in an error\"}",
]
