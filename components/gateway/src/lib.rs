//! Probe.
mod bindings;
use bindings::exports::gatelet::edge::gate;
struct Gateway;

impl gate::Guest for Gateway {
    async fn refresh() -> Result<gate::Settings, String> {
        let v = spin_sdk::variables::get("base_url").await.map_err(|e| e.to_string())?;
        Ok(gate::Settings { values: vec![("base_url".into(), v)], valid_seconds: 0 })
    }
    fn load(_settings: gate::Settings) -> Result<(), String> { Ok(()) }
    fn decide(head: gate::Head, _now: u64) -> gate::Verdict {
        if head.target == "/ask" { return gate::Verdict::Ask }
        gate::Verdict::Forward(gate::Edits { upstream: "http://127.0.0.1:9".into(), remove: vec![], set: vec![("x-forwarded-user".into(), "u".into())], response: vec![] })
    }
    async fn judge(_head: gate::Head, now: u64) -> gate::Verdict {
        let _ = bindings::gatelet::store::sessions::resume(vec![0; 32], "x".into(), now, now).await;
        gate::Verdict::Ask
    }
}

impl wasip3::exports::http::handler::Guest for Gateway {
    async fn handle(request: wasip3::http::types::Request) -> Result<wasip3::http::types::Response, wasip3::http::types::ErrorCode> {
        wasip3::http::client::send(request).await
    }
}
