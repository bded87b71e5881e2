//! Callbacks that are always called, and panics that go no further.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The value that `body` returns, or, if it panics, the message of the panic. std's hook has printed that message.
///
/// # Errors
/// `panic: ...`.
pub(crate) fn catch_panic<T>(body: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(body)).map_err(|panic| {
        let message = message_of(&*panic);
        // Dropping the payload may panic, too. The payload of that second panic is leaked.
        if let Err(another) = catch_unwind(AssertUnwindSafe(|| drop(panic))) {
            std::mem::forget(another);
        }
        message
    })
}

fn message_of(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("panic: {}", text.unwrap_or("of an unknown kind"))
}

/// The way back to somebody who waits for an outcome. It is called exactly once: if it is dropped, by a panic for example, it is called
/// with the outcome that was made for that case. So no promise stays open.
pub struct Callback<T> {
    parts: Option<Parts<T>>,
}

struct Parts<T> {
    call: Box<dyn FnOnce(T) + Send>,
    if_dropped: Box<dyn FnOnce() -> T + Send>,
}

impl<T> Callback<T> {
    /// Calls `call` with the outcome, or with that of `if_dropped` if nobody gives one.
    pub fn new(
        call: impl FnOnce(T) + Send + 'static,
        if_dropped: impl FnOnce() -> T + Send + 'static,
    ) -> Self {
        Self {
            parts: Some(Parts {
                call: Box::new(call),
                if_dropped: Box::new(if_dropped),
            }),
        }
    }

    /// This callback with another outcome for the case that nobody gives one.
    #[must_use]
    pub fn if_dropped(mut self, if_dropped: impl FnOnce() -> T + Send + 'static) -> Self {
        if let Some(parts) = &mut self.parts {
            parts.if_dropped = Box::new(if_dropped);
        }
        self
    }

    /// Gives the outcome. A panic of the callback goes no further.
    pub fn call(mut self, outcome: T) {
        if let Some(parts) = self.parts.take() {
            let _ = catch_panic(|| (parts.call)(outcome));
        }
    }
}

impl<T> Drop for Callback<T> {
    fn drop(&mut self) {
        if let Some(parts) = self.parts.take() {
            let _ = catch_panic(|| (parts.call)((parts.if_dropped)()));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::panic_any;
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn called_or_dropped_it_gives_one_outcome() {
        let (sender, receiver) = mpsc::channel();
        let callback = |sender: mpsc::Sender<i32>| {
            Callback::new(
                move |number| sender.send(number).expect("the test listens"),
                || -1,
            )
        };
        callback(sender.clone()).call(1);
        drop(callback(sender));
        assert_eq!(receiver.iter().collect::<Vec<_>>(), [1, -1]);
    }

    #[test]
    fn a_panic_of_the_callback_goes_no_further() {
        Callback::new(|()| panic!("a callback's panic"), || ()).call(());
    }

    #[test]
    fn gives_the_result_or_the_message() {
        let number = 7;
        assert_eq!(catch_panic(|| number), Ok(7));
        assert_eq!(catch_panic(|| panic!("so")), Err::<(), _>("panic: so".to_owned()));
        assert_eq!(
            catch_panic(|| panic!("so {number}")),
            Err::<(), _>("panic: so 7".to_owned())
        );
    }

    #[test]
    fn a_payload_that_panics_goes_no_further() {
        struct Payload;
        impl Drop for Payload {
            fn drop(&mut self) {
                panic_any(Self);
            }
        }
        assert_eq!(
            catch_panic(|| panic_any(Payload)),
            Err::<(), _>("panic: of an unknown kind".to_owned())
        );
    }
}
