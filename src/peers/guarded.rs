//! A connection that ends when the certificate behind it no longer stands.
//!
//! Never here: who may do what. Calls are judged one by one in `rpc/access.rs`; this reaches the
//! streams that were opened before trust changed, and lasts no longer than they may.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior, Sleep, interval, sleep};
use tokio_stream::Stream;
use tokio_stream::wrappers::WatchStream;

use crate::clock::Clock;
use crate::domain::time::Instant;
use crate::limits;
use crate::peers::trust::Trust;

/// Whether the certificate behind a connection still stands by this picture, at this instant.
pub type Standing = Box<dyn Fn(&Trust, Instant) -> bool + Send>;

/// A stream under guard. Once it is cut, reading and writing fail, for ever.
pub struct Guarded<S> {
    inner: S,
    guard: Guard,
}

struct Guard {
    clock: Clock,
    news: WatchStream<Arc<Trust>>,
    trust: Arc<Trust>,
    tick: Interval,
    end: Option<Pin<Box<Sleep>>>,
    standing: Standing,
    cut: bool,
}

impl<S> Guarded<S> {
    /// `life_ms_max`: the connection is cut at that age whatever it is doing.
    pub fn new(
        inner: S,
        clock: Clock,
        mut trust: watch::Receiver<Arc<Trust>>,
        life_ms_max: Option<u64>,
        standing: Standing,
    ) -> Guarded<S> {
        let current = trust.borrow_and_update().clone();
        let mut tick = interval(Duration::from_millis(limits::STANDING_RECHECK_MS));
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Guarded {
            inner,
            guard: Guard {
                clock,
                news: WatchStream::from_changes(trust),
                trust: current,
                tick,
                end: life_ms_max.map(|ms| Box::pin(sleep(Duration::from_millis(ms)))),
                standing,
                cut: false,
            },
        }
    }

    pub fn get_ref(&self) -> &S {
        &self.inner
    }
}

impl Guard {
    /// Fails once the connection is cut; otherwise sees to it that the task is woken when it has to
    /// be looked at again. Asked on reading and on writing, since a task may wait on either alone.
    fn pass(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        let mut look = false;
        while let Poll::Ready(Some(trust)) = Pin::new(&mut self.news).poll_next(cx) {
            self.trust = trust;
            look = true;
        }
        while self.tick.poll_tick(cx).is_ready() {
            look = true;
        }
        if look && !(self.standing)(&self.trust, self.clock.now()) {
            self.cut = true;
        }
        if self.end.as_mut().is_some_and(|end| end.as_mut().poll(cx).is_ready()) {
            self.end = None;
            self.cut = true;
        }
        if self.cut { Err(io::ErrorKind::ConnectionAborted.into()) } else { Ok(()) }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.guard.pass(cx)?;
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.guard.pass(cx)?;
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.guard.pass(cx)?;
        Pin::new(&mut self.inner).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.guard.pass(cx)?;
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    /// Closing is always allowed.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
