//! Connections whose client has not shown that it knows a frame.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use tokio::sync::oneshot;

use crate::sync::{Mutex, MutexGuard};

/// The connections on which no registered token was named yet, oldest first. Whoever reaches the port can make any number of
/// them, so it is one of these that goes when a new connection finds every slot taken: a browser that was told of frames shows
/// a token with its first request and is out of the queue.
#[derive(Debug, Default)]
pub(super) struct Strangers(Mutex<Queue>);

#[derive(Debug, Default)]
struct Queue {
    next: u64,
    waiting: BTreeMap<u64, oneshot::Sender<Dismissed>>,
}

#[derive(Debug)]
struct Dismissed;

impl Strangers {
    /// A new connection, and what ends when it has to go.
    pub(super) fn enter(self: &Arc<Self>) -> (Stranger, Dismissal) {
        let (dismiss, dismissal) = oneshot::channel();
        let mut queue = self.queue();
        let id = queue.next;
        queue.next += 1;
        queue.waiting.insert(id, dismiss);
        let stranger = Stranger {
            id,
            of: Arc::clone(self),
        };
        (stranger, Dismissal(dismissal))
    }

    /// Makes the oldest one go, if there is one.
    pub(super) fn dismiss_oldest(&self) {
        let oldest = self.queue().waiting.pop_first();
        if let Some((_, dismiss)) = oldest {
            // An error says that it has just gone by itself.
            let _ = dismiss.send(Dismissed);
        }
    }

    /// Nothing done under the lock can panic halfway through a change.
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One connection's place in the queue, given up when this is dropped.
#[derive(Debug)]
pub(super) struct Stranger {
    id: u64,
    of: Arc<Strangers>,
}

impl Stranger {
    /// It named a registered token: it is none any more. Who was dismissed before goes all the same.
    pub(super) fn known(&self) {
        self.of.queue().waiting.remove(&self.id);
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        self.known();
    }
}

/// See [`Strangers::enter`].
#[derive(Debug)]
pub(super) struct Dismissal(oneshot::Receiver<Dismissed>);

impl Dismissal {
    /// Over when the connection has to go; never, once it is known.
    pub(super) async fn wait(self) {
        if self.0.await.is_err() {
            std::future::pending().await
        }
    }
}

#[cfg(test)]
fn has_to_go(dismissal: Dismissal) -> bool {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    std::pin::pin!(dismissal.wait()).poll(&mut context).is_ready()
}

// Loom's locks work in a model alone.
#[cfg(all(test, not(feature = "model")))]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_that_is_here_and_not_known_goes() {
        let strangers = Arc::<Strangers>::default();
        let [gone, known, oldest, youngest] = [(); 4].map(|()| strangers.enter());
        drop(gone.0);
        known.0.known();
        strangers.dismiss_oldest();
        assert!(has_to_go(oldest.1));
        for dismissal in [gone.1, known.1, youngest.1] {
            assert!(!has_to_go(dismissal));
        }
    }

    #[test]
    fn with_nobody_in_the_queue_nobody_goes() {
        let strangers = Arc::<Strangers>::default();
        let (known, dismissal) = strangers.enter();
        known.known();
        strangers.dismiss_oldest();
        drop(known);
        assert!(!has_to_go(dismissal));
        assert!(strangers.queue().waiting.is_empty());
    }
}

#[cfg(all(test, feature = "model"))]
mod model {
    use super::*;

    /// Two newcomers find every slot taken while one of three connections names its frame.
    #[test]
    fn each_newcomer_makes_one_go() {
        loom::model(|| {
            let strangers = Arc::<Strangers>::default();
            let (names, first) = strangers.enter();
            let [(_second, second), (_third, third)] = [(); 2].map(|()| strangers.enter());
            let newcomers = [(); 2].map(|()| {
                let strangers = Arc::clone(&strangers);
                loom::thread::spawn(move || strangers.dismiss_oldest())
            });
            names.known();
            for newcomer in newcomers {
                newcomer.join().expect("no panic");
            }
            let went = [first, second, third].map(has_to_go);
            // By age, and only the first may have been known before.
            assert!(
                matches!(went, [true, true, false] | [false, true, true]),
                "{went:?}"
            );
        });
    }

    /// One that goes by itself, and one that is made to go, leave the rest alone.
    #[test]
    fn one_that_goes_by_itself_takes_nobody_along() {
        loom::model(|| {
            let strangers = Arc::<Strangers>::default();
            let [(goes, first), (_second, second)] = [(); 2].map(|()| strangers.enter());
            let leaving = loom::thread::spawn(move || drop(goes));
            strangers.dismiss_oldest();
            leaving.join().expect("no panic");
            let went = [first, second].map(has_to_go);
            assert!(matches!(went, [true, false] | [false, true]), "{went:?}");
            assert_eq!(strangers.queue().waiting.len(), usize::from(went[0]));
        });
    }
}
