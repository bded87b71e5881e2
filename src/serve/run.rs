//! The server itself.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::connection::serve;
use super::seats::Seats;
use super::site::Site;
use crate::fault::panic_at;

/// How long to wait after a failed accept. The usual cause is a process out of file descriptors, which passes.
const BACK_OFF: Duration = Duration::from_millis(100);

/// Serves connections of `listener` until `shutdown` is over. Then the port is free and every connection closed.
pub(crate) async fn run(listener: TcpListener, site: Arc<Site>, shutdown: impl Future<Output = ()>) {
    panic_at("server");
    let slots = Arc::new(Semaphore::new(site.limits.connections));
    let seats = Arc::new(Seats::new(site.limits.connections));
    // Dropped with this future, and with it the connections' tasks.
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => return,
            () = site.death.wait() => return,
            accepted = accept(&listener, &slots, &seats) => accepted,
        };
        // A task that panicked took its connection with it, and nothing else.
        while connections.try_join_next().is_some() {}
        let Some((stream, slot)) = accepted else { continue };
        // Else the end of a frame may wait for the acknowledgement of what went before. A socket that refuses is slower.
        let _ = stream.set_nodelay(true);
        let site = Arc::clone(&site);
        let (seat, dismissal) = seats.enter();
        connections.spawn(async move {
            serve(stream, site, seat, dismissal).await;
            drop(slot);
        });
    }
}

/// The next connection and its slot. Where all are taken, another connection makes room ([`Seats`] says which). Until it is gone
/// this one waits, and further ones in the system's queue.
async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
    seats: &Seats,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let Ok((stream, _)) = listener.accept().await else {
        // Nobody is dismissed for it: where descriptors are short it fails although nobody asks to come in (accept(2) takes the
        // descriptor first), and the only stranger may be one whose request is on its way.
        sleep(BACK_OFF).await;
        return None;
    };
    if slots.available_permits() == 0 {
        seats.make_room();
    }
    // Fails only if the semaphore is closed, which nobody does.
    let slot = Arc::clone(slots).acquire_owned().await.ok()?;
    seats.room_was_made();
    Some((stream, slot))
}
