//! Who sits in the server's slots, and who gets up when a newcomer finds all of them taken.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use tokio::sync::oneshot;

use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{Mutex, MutexGuard};

/// The part of the slots, one in so many, that strangers have to themselves where there are more clients with a token than slots.
/// Were there none, each of the browsers that start at the same time would have its place taken by the next one before its
/// request has arrived.
const ONE_IN: usize = 4;

/// All connections of a server. One on which no registered token was named yet is a stranger: whoever reaches the port can make
/// any number of them, while a browser that was told of frames shows a token with its first request. When a newcomer finds every
/// slot taken, one goes:
///
/// 1. the oldest stranger, unless they have less than their part of the slots;
/// 2. else the one that has been without a request for longest. A browser keeps such connections in case, and makes another one
///    when it needs it;
/// 3. else, all being at work, the first that is done, so that a client that takes its bytes slowly holds up nobody.
#[derive(Debug)]
pub(super) struct Seats {
    for_strangers: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    next_id: u64,
    next_rest: u64,
    /// In the order in which they came. Who was told to go is not among them any more, so nobody is told twice.
    seated: BTreeMap<u64, Seated>,
    /// A newcomer waits, and nobody has been told to go for it.
    owed: bool,
}

#[derive(Debug)]
struct Seated {
    standing: Standing,
    dismiss: oneshot::Sender<Dismissed>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Stranger,
    /// Has named a token, and an answer is being made or sent.
    Busy,
    /// Has named a token and got all of its answer; the lower the number, the longer ago.
    Idle(u64),
}

#[derive(Debug)]
struct Dismissed;

impl Seats {
    pub(super) fn new(slots: usize) -> Self {
        Self {
            for_strangers: slots / ONE_IN,
            taken: Mutex::default(),
        }
    }

    /// A new connection, and what ends when it has to go.
    pub(super) fn enter(self: &Arc<Self>) -> (Seat, Dismissal) {
        let (dismiss, dismissal) = oneshot::channel();
        let mut taken = self.taken();
        let id = taken.next_id;
        taken.next_id += 1;
        let standing = Standing::Stranger;
        taken.seated.insert(id, Seated { standing, dismiss });
        let seat = Seat {
            id,
            of: Arc::clone(self),
            named: AtomicBool::new(false),
            answered: AtomicBool::new(false),
        };
        (seat, Dismissal(dismissal))
    }

    /// A newcomer found every slot taken: makes one go, now or as soon as one is done. One newcomer waits at a time.
    pub(super) fn make_room(&self) {
        let mut taken = self.taken();
        let for_them = taken.strangers().count() < self.for_strangers;
        let stranger = taken.strangers().next().filter(|_| !for_them);
        let goes = stranger.or_else(|| taken.longest_idle());
        match goes {
            Some(id) => taken.dismiss(id),
            None => taken.owed = true,
        }
    }

    /// The newcomer has a slot, by whatever way. Without it, one would go for nobody.
    pub(super) fn room_was_made(&self) {
        self.taken().owed = false;
    }

    /// Nothing done under the lock can panic halfway through a change.
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    fn strangers(&self) -> impl Iterator<Item = u64> {
        let strangers = self
            .seated
            .iter()
            .filter(|(_, seated)| seated.standing == Standing::Stranger);
        strangers.map(|(id, _)| *id)
    }

    fn longest_idle(&self) -> Option<u64> {
        let idle = self
            .seated
            .iter()
            .filter_map(|(id, seated)| match seated.standing {
                Standing::Idle(since) => Some((since, *id)),
                Standing::Stranger | Standing::Busy => None,
            });
        idle.min().map(|(_, id)| id)
    }

    fn dismiss(&mut self, id: u64) {
        if let Some(seated) = self.seated.remove(&id) {
            // An error says that it has just gone by itself.
            let _ = seated.dismiss.send(Dismissed);
        }
    }

    fn stands(&mut self, id: u64, standing: Standing) {
        if let Some(seated) = self.seated.get_mut(&id) {
            seated.standing = standing;
        }
    }

    fn standing(&self, id: u64) -> Option<Standing> {
        self.seated.get(&id).map(|seated| seated.standing)
    }
}

/// One connection's seat, given up when this is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    id: u64,
    of: Arc<Seats>,
    named: AtomicBool,
    answered: AtomicBool,
}

impl Seat {
    /// A request came: until its answer has left, the connection is at work.
    pub(super) fn asked(self: &Arc<Self>) -> Answer {
        self.answered.store(false, Ordering::Relaxed);
        let mut taken = self.of.taken();
        if matches!(taken.standing(self.id), Some(Standing::Idle(_))) {
            taken.stands(self.id, Standing::Busy);
        }
        Answer(Arc::clone(self))
    }

    /// The request names a registered token: the connection is no stranger's any more.
    pub(super) fn known(&self) {
        self.named.store(true, Ordering::Relaxed);
        self.of.taken().stands(self.id, Standing::Busy);
    }

    /// Whether a registered token was named, be it after the dismissal.
    pub(super) fn is_known(&self) -> bool {
        self.named.load(Ordering::Relaxed)
    }

    /// All that was written has left. If it was the end of an answer, the connection rests, or goes if that was waited for.
    pub(super) fn flushed(&self) {
        if !self.answered.swap(false, Ordering::Relaxed) {
            return;
        }
        let mut taken = self.of.taken();
        if taken.standing(self.id) != Some(Standing::Busy) {
            return;
        }
        if std::mem::take(&mut taken.owed) {
            taken.dismiss(self.id);
        } else {
            let since = taken.next_rest;
            taken.next_rest += 1;
            taken.stands(self.id, Standing::Idle(since));
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.of.taken().seated.remove(&self.id);
    }
}

/// An answer in the making; dropped when there is nothing left of it but what was given to the stream.
#[derive(Debug)]
pub(super) struct Answer(Arc<Seat>);

impl Drop for Answer {
    fn drop(&mut self) {
        self.0.answered.store(true, Ordering::Relaxed);
    }
}

/// See [`Seats::enter`].
#[derive(Debug)]
pub(super) struct Dismissal(oneshot::Receiver<Dismissed>);

impl Dismissal {
    /// Over when the connection has to go.
    pub(super) async fn wait(self) {
        if self.0.await.is_err() {
            std::future::pending().await
        }
    }
}

#[cfg(test)]
pub(super) fn has_to_go(dismissal: Dismissal) -> bool {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    std::pin::pin!(dismissal.wait()).poll(&mut context).is_ready()
}

/// A connection whose first frame is on its way, and one whose first frame has arrived.
#[cfg(test)]
fn at_work(seats: &Arc<Seats>) -> (Arc<Seat>, Dismissal, Answer) {
    let (seat, dismissal) = seats.enter();
    let seat = Arc::new(seat);
    let answer = seat.asked();
    seat.known();
    (seat, dismissal, answer)
}

#[cfg(test)]
pub(super) fn at_rest(seats: &Arc<Seats>) -> (Arc<Seat>, Dismissal) {
    let (seat, dismissal, answer) = at_work(seats);
    drop(answer);
    seat.flushed();
    (seat, dismissal)
}

// Loom's locks work in a model alone.
#[cfg(all(test, not(feature = "model")))]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_stranger_that_is_here_goes() {
        let seats = Arc::new(Seats::new(3));
        let [gone, known, oldest, youngest] = [(); 4].map(|()| seats.enter());
        drop(gone.0);
        known.0.known();
        seats.make_room();
        assert!(has_to_go(oldest.1));
        for dismissal in [gone.1, known.1, youngest.1] {
            assert!(!has_to_go(dismissal));
        }
    }

    #[test]
    fn strangers_have_a_part_of_the_slots_to_themselves() {
        let seats = Arc::new(Seats::new(8));
        let [first, second] = [(); 2].map(|()| at_rest(&seats));
        let one = seats.enter();
        seats.make_room();
        assert!(has_to_go(first.1));
        let two = seats.enter();
        seats.make_room();
        assert!(has_to_go(one.1));
        for dismissal in [second.1, two.1] {
            assert!(!has_to_go(dismissal));
        }
    }

    #[test]
    fn of_those_that_rest_the_one_whose_answer_left_first_goes() {
        let seats = Arc::new(Seats::new(3));
        let (again, first) = at_rest(&seats);
        let (_second, second) = at_rest(&seats);
        let (_working, third, _answer) = at_work(&seats);
        drop(again.asked());
        again.flushed();
        seats.make_room();
        assert!(has_to_go(second));
        assert!(!has_to_go(first) && !has_to_go(third));
    }

    #[test]
    fn of_those_at_work_the_first_to_be_done_goes_and_nobody_else() {
        let seats = Arc::new(Seats::new(3));
        let [(one, first, making), (two, second, sending), (three, third, sent)] =
            [(); 3].map(|()| at_work(&seats));
        seats.make_room();
        // Something of an answer that is being made, and what was left of another one in the stream's buffer.
        one.flushed();
        drop(sending);
        drop(sent);
        three.flushed();
        two.flushed();
        drop(making);
        one.flushed();
        assert!(has_to_go(third));
        assert!(!has_to_go(first) && !has_to_go(second));
    }

    #[test]
    fn nobody_goes_for_a_newcomer_that_has_a_slot() {
        let seats = Arc::new(Seats::new(2));
        let [(one, first, answer), (two, _second, _other)] = [(); 2].map(|()| at_work(&seats));
        seats.make_room();
        drop(two);
        seats.room_was_made();
        drop(answer);
        one.flushed();
        assert!(!has_to_go(first));
    }

    #[test]
    fn who_was_told_to_go_is_not_told_again_and_leaves_nothing() {
        let seats = Arc::new(Seats::new(2));
        let [(one, first), (two, second)] = [(); 2].map(|()| at_rest(&seats));
        seats.make_room();
        // Its request was on the way.
        let answer = one.asked();
        one.known();
        drop(answer);
        one.flushed();
        seats.make_room();
        assert!(has_to_go(first) && has_to_go(second));
        drop((one, two));
        assert!(seats.taken().seated.is_empty());
    }
}

#[cfg(all(test, feature = "model"))]
mod model {
    use super::*;

    /// Two newcomers find every slot taken while one of three strangers names its frame.
    #[test]
    fn each_newcomer_makes_one_go() {
        loom::model(|| {
            let seats = Arc::new(Seats::new(3));
            let (names, first) = seats.enter();
            let [(_second, second), (_third, third)] = [(); 2].map(|()| seats.enter());
            let newcomers = [(); 2].map(|()| {
                let seats = Arc::clone(&seats);
                loom::thread::spawn(move || seats.make_room())
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
            let seats = Arc::new(Seats::new(2));
            let [(goes, first), (_second, second)] = [(); 2].map(|()| seats.enter());
            let leaving = loom::thread::spawn(move || drop(goes));
            seats.make_room();
            leaving.join().expect("no panic");
            let went = [first, second].map(has_to_go);
            assert!(matches!(went, [true, false] | [false, true]), "{went:?}");
            assert_eq!(seats.taken().seated.len(), usize::from(went[0]));
        });
    }

    /// A newcomer finds two at work, which are done at the same time: it gets the place of one of them, whoever is first.
    #[test]
    fn a_newcomer_is_not_forgotten_by_those_at_work() {
        loom::model(|| {
            let seats = Arc::new(Seats::new(2));
            let [(one, first, making), (two, second, sending)] = [(); 2].map(|()| at_work(&seats));
            let done = loom::thread::spawn(move || {
                drop(making);
                one.flushed();
                one
            });
            let newcomer = {
                let seats = Arc::clone(&seats);
                loom::thread::spawn(move || seats.make_room())
            };
            drop(sending);
            two.flushed();
            newcomer.join().expect("no panic");
            let _one = done.join().expect("no panic");
            let went = [first, second].map(has_to_go);
            assert!(matches!(went, [true, false] | [false, true]), "{went:?}");
            assert!(!seats.taken().owed);
        });
    }

    /// A newcomer takes the longest idle one's place just as that one asks again: that one goes, or the other one that rests.
    #[test]
    fn a_request_that_comes_with_the_newcomer_is_before_it_or_after() {
        loom::model(|| {
            let seats = Arc::new(Seats::new(2));
            let [(asks, first), (_rests, second)] = [(); 2].map(|()| at_rest(&seats));
            let newcomer = {
                let seats = Arc::clone(&seats);
                loom::thread::spawn(move || seats.make_room())
            };
            let answer = asks.asked();
            newcomer.join().expect("no panic");
            let went = [first, second].map(has_to_go);
            assert!(matches!(went, [true, false] | [false, true]), "{went:?}");
            drop(answer);
            asks.flushed();
            assert_eq!(seats.taken().seated.len(), 1);
        });
    }
}
