//! Panics that go no further.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What `body` gives, or, if it panics, the panic's words. std's hook has printed them.
///
/// # Errors
/// `panic: ...`.
pub(crate) fn contained<T>(body: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(body)).map_err(|panic| {
        let reason = reason(&*panic);
        // Even the payload may panic when it is dropped; that one is left lying.
        if let Err(another) = catch_unwind(AssertUnwindSafe(|| drop(panic))) {
            std::mem::forget(another);
        }
        reason
    })
}

fn reason(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("panic: {}", text.unwrap_or("of an unknown kind"))
}

#[cfg(test)]
mod tests {
    use std::panic::panic_any;

    use super::*;

    #[test]
    fn gives_the_result_or_the_words() {
        let number = 7;
        assert_eq!(contained(|| number), Ok(7));
        assert_eq!(contained(|| panic!("so")), Err::<(), _>("panic: so".to_owned()));
        assert_eq!(
            contained(|| panic!("so {number}")),
            Err::<(), _>("panic: so 7".to_owned())
        );
    }

    #[test]
    fn bears_a_payload_that_panics() {
        struct Payload;
        impl Drop for Payload {
            fn drop(&mut self) {
                panic_any(Self);
            }
        }
        assert_eq!(
            contained(|| panic_any(Payload)),
            Err::<(), _>("panic: of an unknown kind".to_owned())
        );
    }
}
