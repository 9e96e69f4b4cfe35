&[
    b"{\"version\":2}",
    b"{\"version\":2,\"name\":\"my-app\",\"mounts\":[],\"secrets\":[\"A_KEY\",{\"name\":\"B\",\"as\":\"mail\"}]}",
    b"{\"version\":2,\"secrets\":[\"A\",{\"name\":\"A\",\"as\":\"B\"}]}",
    b"{\"version\":2,\"secrets\":[\"A\",\"A\"]}",
    b"{\"version\":2,\"secrets\":[\"a\"]}",
    b"{\"version\":2,\"secrets\":[{\"name\":\"A\",\"value\":\"sk-1\"}]}",
    b"{\"version\":2,\"secrets\":[\"PATH\"]}",
    b"{\"version\":2,\"secrets\":null}",
    b"{\"version\":2,\"version\":2}",
    b"{\"version\":1}",
    b"{\"version\":2,\"secrets\":[",
    b"[]",
    b"",
    // A member that is for others, and no UTF-8.
    b"{\"version\":2,\"secr2ts\":[{\"na\xedme\":\"A\",\"value\":\"sk-1\"}]}",
    b"{\"version\":2,\"x\":1e999}",
]
