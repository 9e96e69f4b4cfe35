&[
    b"{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"id_token\":\"x.y.z\"}",
    b"{\"error\":\"invalid_grant\",\"access_token\":\"a\"}",
    b"{\"access_token\":\"a b\"}",
    b"{\"access_token\":\"a\",\"token_type\":\"DPoP\"}",
    b"{\"access_token\":[\"a token that nobody is to read in an error\"]}",
    b"",
    b"{\"access_token\":\"a token that nobody is to read in an error\"}",
]
