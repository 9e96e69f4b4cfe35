//! Which protocol does a connection begin with? Its first bytes are read, and read
//! again by whoever speaks that protocol.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};

/// RFC 9113 §3.4, as far as it differs from every request of HTTP/1.
const PREFACE: &[u8; 16] = b"PRI * HTTP/2.0\r\n";

/// A stream of which the first bytes have been looked at.
pub(super) struct Replay<S> {
    first: [u8; PREFACE.len()],
    seen: usize,
    given: usize,
    stream: S,
}

impl<S: AsyncRead + Unpin> Replay<S> {
    /// Whether it begins with HTTP/2's preface. One byte that differs settles it.
    pub(super) async fn begins_http2(mut stream: S) -> io::Result<(Self, bool)> {
        let mut first = [0; PREFACE.len()];
        let mut seen = 0;
        while seen < PREFACE.len() {
            let read = stream.read(&mut first[seen..]).await?;
            seen += read;
            if read == 0 || first[..seen] != PREFACE[..seen] {
                break;
            }
        }
        let http2 = first == *PREFACE;
        let replay = Self {
            first,
            seen,
            given: 0,
            stream,
        };
        Ok((replay, http2))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Replay<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.given == self.seen {
            return Pin::new(&mut self.stream).poll_read(cx, buf);
        }
        let left = &self.first[self.given..self.seen];
        let count = left.len().min(buf.remaining());
        buf.put_slice(&left[..count]);
        self.given += count;
        // What has come beside it goes along: whoever gets a few bytes alone makes room
        // for the rest, and a connection keeps that room.
        if buf.remaining() > 0
            && let Poll::Ready(Err(error)) = Pin::new(&mut self.stream).poll_read(cx, buf)
        {
            return Poll::Ready(Err(error));
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Replay<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test]
    async fn the_first_bytes_are_read_again_however_they_arrive() {
        for (text, is_http2) in [
            (&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nrest"[..], true),
            (b"PRI * HTTP/1.1\r\n\r\n", false),
            (b"PRI", false),
            (b"POST / HTTP/1.1\r\n\r\n", false),
            (b"G", false),
            (b"", false),
        ] {
            for piece in [1, 7, 64] {
                let (mut writer, reader) = tokio::io::duplex(1);
                let sent = async {
                    for part in text.chunks(piece) {
                        writer.write_all(part).await.expect("a reader");
                    }
                    drop(writer);
                };
                let read = async {
                    let (mut replay, http2) = Replay::begins_http2(reader).await.expect("bytes");
                    let mut read = Vec::new();
                    replay.read_to_end(&mut read).await.expect("bytes");
                    (http2, read)
                };
                let ((), (http2, read)) = tokio::join!(sent, read);
                assert_eq!((http2, read.as_slice()), (is_http2, text), "by {piece}");
            }
        }
    }

    #[tokio::test]
    async fn what_has_come_by_then_is_read_in_one_piece() {
        let text = b"GET /a/path HTTP/1.1\r\nhost: shop.example.com\r\n\r\n";
        let (mut writer, reader) = tokio::io::duplex(1024);
        writer.write_all(text).await.expect("a reader");
        let (mut replay, http2) = Replay::begins_http2(reader).await.expect("bytes");
        let mut read = [0; 1024];
        let count = replay.read(&mut read).await.expect("bytes");
        assert_eq!((http2, &read[..count]), (false, &text[..]));
    }
}
