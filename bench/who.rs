//! Who may take part?

/// Those who take turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    NginxOneWorker,
    Nginx,
    Bare,
    Gate,
    AskingSqlite,
    AskingPostgres,
    Handler,
    Floor,
    NginxRefusing,
    GateRefusing,
    HandlerRefusing,
    OneOrigin,
    ThousandOrigins,
    ThousandSessions,
    MillionSessions,
    FleetOfOne,
    FleetOfThree,
    NginxFleetOfOne,
    NginxFleetOfThree,
    GateBetterAuth,
    GateBetterAuthAsking,
    ModAuthOpenidc,
    BetterAuth,
    BetterAuthAsking,
    Oauth2Proxy,
    Caddy,
}

impl Who {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NginxOneWorker => "nginx, 1 worker",
            Self::Nginx => "nginx, 2 workers",
            Self::Bare => "gatelet, bare forward",
            Self::Gate => "gatelet, gate door",
            Self::AskingSqlite => "gatelet, gate door, asking SQLite each time",
            Self::AskingPostgres => "gatelet, gate door, asking Postgres each time",
            Self::Handler => "gatelet, handler door",
            Self::Floor => "the smallest component, handler door",
            Self::NginxRefusing => "nginx, 2 workers, `return 401`",
            Self::GateRefusing => "gatelet, gate door, 401",
            Self::HandlerRefusing => "gatelet, handler door, 401",
            Self::OneOrigin => "1 origin",
            Self::ThousandOrigins => "1,000 origins",
            Self::ThousandSessions => "1,000 sessions",
            Self::MillionSessions => "1,000,000 sessions",
            Self::FleetOfOne => "one behind nginx",
            Self::FleetOfThree => "three behind nginx",
            Self::NginxFleetOfOne => "one nginx behind nginx",
            Self::NginxFleetOfThree => "three nginx behind nginx",
            Self::GateBetterAuth => "gatelet, Better Auth's session",
            Self::GateBetterAuthAsking => "gatelet, Better Auth's session, asking Postgres",
            Self::ModAuthOpenidc => "Apache with mod_auth_openidc",
            Self::BetterAuth => "Node with Better Auth, cookie cache",
            Self::BetterAuthAsking => "Node with Better Auth, asking Postgres",
            Self::Oauth2Proxy => "oauth2-proxy",
            Self::Caddy => "Caddy, as a plain reverse proxy",
        }
    }

    /// Whether every answer is a 401.
    pub(crate) fn refuses(self) -> bool {
        match self {
            Self::NginxRefusing | Self::GateRefusing | Self::HandlerRefusing => true,
            Self::NginxOneWorker
            | Self::Nginx
            | Self::Bare
            | Self::Gate
            | Self::AskingSqlite
            | Self::AskingPostgres
            | Self::Handler
            | Self::Floor
            | Self::OneOrigin
            | Self::ThousandOrigins
            | Self::ThousandSessions
            | Self::MillionSessions
            | Self::FleetOfOne
            | Self::FleetOfThree
            | Self::NginxFleetOfOne
            | Self::NginxFleetOfThree
            | Self::GateBetterAuth
            | Self::GateBetterAuthAsking
            | Self::ModAuthOpenidc
            | Self::BetterAuth
            | Self::BetterAuthAsking
            | Self::Oauth2Proxy
            | Self::Caddy => false,
        }
    }
}
