//! What does a serving thread do? It takes connections until it is told to stop, and
//! lets those that it has end.

use std::io;
use std::rc::Rc;
use std::time::Instant;

use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};

use super::listener::Accepted;
use super::server::Stop;
use super::serving;
use super::worker::{Seed, Worker};

/// Run a worker on this thread until told to stop and drained.
pub(super) fn run(
    seed: Seed,
    accepted: mpsc::UnboundedReceiver<Accepted>,
    stop: watch::Receiver<Stop>,
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build_local(tokio::runtime::LocalOptions::default())?;
    runtime.block_on(async move {
        let worker = Rc::new(Worker::new(seed));
        serve(&worker, accepted, stop).await;
    });
    Ok(())
}

async fn serve(
    worker: &Rc<Worker>,
    mut accepted: mpsc::UnboundedReceiver<Accepted>,
    mut stop: watch::Receiver<Stop>,
) {
    let started = Instant::now();
    let mut ticks = tokio::time::interval(worker.limits.sweep_interval());
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let rests = worker.rests();
        tokio::select! {
            biased;
            changed = stop.changed() => match (changed, *stop.borrow()) {
                (Ok(()), Stop::Leaving) => worker.leaving.set(true),
                (Ok(()), Stop::None) => {}
                (Ok(()), Stop::Draining) | (Err(_), _) => break,
            },
            _ = ticks.tick(), if !rests => worker.tick(started),
            next = accepted.recv() => match next {
                Some(connection) => {
                    if rests {
                        worker.tick(started);
                    }
                    take(worker, connection);
                }
                None => break,
            },
        }
    }
    worker.tick(started);
    // Connections in the channel were accepted before the listener closed:
    // they are served, not reset.
    while let Ok(connection) = accepted.try_recv() {
        take(worker, connection);
    }
    worker.drain(started).await;
}

fn take(worker: &Rc<Worker>, accepted: Accepted) {
    let Accepted {
        stream,
        peer,
        admission,
    } = accepted;
    // It was dated by a clock that may have stood still. Until now it looked idle for as long
    // as the worker had rested, to whoever wants to show somebody out.
    admission.handle.activity.touch();
    match TcpStream::from_std(stream) {
        Ok(stream) => {
            let serving = serving::serve(Rc::clone(worker), stream, peer, admission);
            tokio::task::spawn_local(serving);
        }
        Err(error) => tracing::warn!(%error, "cannot watch an accepted connection"),
    }
}
