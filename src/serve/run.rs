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
use super::site::Site;
use crate::fault::panic_at;

/// How long to wait after a failed accept. The usual cause is a process out of file descriptors, which passes.
const BACK_OFF: Duration = Duration::from_millis(100);

/// Serves connections of `listener` until `shutdown` is over. Then the port is free and every connection closed.
pub(crate) async fn run(listener: TcpListener, site: Arc<Site>, shutdown: impl Future<Output = ()>) {
    panic_at("server");
    let slots = Arc::new(Semaphore::new(site.limits.connections));
    // Dropped with this future, and with it the connections' tasks.
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => return,
            () = site.death.wait() => return,
            // A task that panicked took its connection with it, and nothing else.
            Some(_ended) = connections.join_next(), if !connections.is_empty() => {}
            accepted = accept(&listener, &slots) => {
                if let Some((stream, slot)) = accepted {
                    let site = Arc::clone(&site);
                    connections.spawn(async move {
                        serve(stream, site).await;
                        drop(slot);
                    });
                }
            }
        }
    }
}

/// The next connection, once there is a slot for it: those too many wait in the system's queue.
async fn accept(listener: &TcpListener, slots: &Arc<Semaphore>) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    // Fails only if the semaphore is closed, which nobody does.
    let slot = Arc::clone(slots).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, slot)),
        Err(_) => {
            sleep(BACK_OFF).await;
            None
        }
    }
}
