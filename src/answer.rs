//! Somebody waiting for an answer.

use crate::contained::contained;

/// A callback that is always called, once: dropped without an answer it is called with the one made for that case, so
/// that no promise stays open, whatever goes wrong on the way.
pub(crate) struct Answer<T> {
    open: Option<Open<T>>,
}

struct Open<T> {
    callback: Box<dyn FnOnce(T) + Send>,
    if_dropped: Box<dyn FnOnce() -> T + Send>,
}

impl<T> Answer<T> {
    pub(crate) fn new(
        callback: impl FnOnce(T) + Send + 'static,
        if_dropped: impl FnOnce() -> T + Send + 'static,
    ) -> Self {
        Self {
            open: Some(Open {
                callback: Box::new(callback),
                if_dropped: Box::new(if_dropped),
            }),
        }
    }

    pub(crate) fn give(mut self, answer: T) {
        if let Some(open) = self.open.take() {
            call(open.callback, || answer);
        }
    }
}

impl<T> Drop for Answer<T> {
    fn drop(&mut self) {
        if let Some(open) = self.open.take() {
            call(open.callback, open.if_dropped);
        }
    }
}

/// A callback's panic must not end the process from `drop`. std's hook has printed it.
fn call<T>(callback: Box<dyn FnOnce(T) + Send>, answer: impl FnOnce() -> T) {
    let _ = contained(|| callback(answer()));
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn given_or_dropped_it_is_answered_once() {
        let (sender, receiver) = mpsc::channel();
        let answer = |sender: mpsc::Sender<i32>| {
            Answer::new(
                move |number| sender.send(number).expect("the test listens"),
                || -1,
            )
        };
        answer(sender.clone()).give(1);
        drop(answer(sender));
        assert_eq!(receiver.iter().collect::<Vec<_>>(), [1, -1]);
    }

    #[test]
    fn a_panicking_callback_stays_inside() {
        Answer::new(|()| panic!("a callback's panic"), || ()).give(());
    }
}
