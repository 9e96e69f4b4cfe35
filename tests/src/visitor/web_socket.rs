//! How does a visitor talk over a WebSocket?

use futures_util::{SinkExt, StreamExt};
use tokio::time::timeout;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use super::{LIMIT, Visitor};
use crate::runtime::run;

impl Visitor {
    /// Opens a WebSocket, says these lines, and reads as many messages and one more: the
    /// app of the tests begins with who it is told that this is. The error is the status
    /// of an answer that opened none.
    #[track_caller]
    pub fn converse(&self, target: &str, lines: &[&str]) -> Result<Vec<String>, u16> {
        let url = self.home.join(target).expect("a path");
        let request = url.as_str().replacen("http", "ws", 1);
        let mut request = request.into_client_request().expect("a URL");
        if let Some(cookies) = self.jar().header(&url) {
            let cookies = cookies.parse().expect("cookies");
            request.headers_mut().insert("cookie", cookies);
        }
        let origin = self.origin().parse().expect("an origin");
        request.headers_mut().insert("origin", origin);
        let conversation = async {
            let stream = self.connect(&url).await.expect("it listens");
            let (mut socket, _) = match client_async(request, stream).await {
                Ok(opened) => opened,
                Err(Error::Http(answer)) => return Err(answer.status().as_u16()),
                Err(error) => panic!("{error}"),
            };
            for line in lines {
                socket.send((*line).into()).await.expect("open");
            }
            let mut said = Vec::new();
            while said.len() <= lines.len() {
                let message = socket.next().await.expect("open").expect("a message");
                said.push(message.into_text().expect("text").to_string());
            }
            Ok(said)
        };
        run(async { timeout(LIMIT, conversation).await }).expect("in time")
    }
}
