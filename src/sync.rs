//! The locks and atomics of what threads share. In the models (`docs/unsafe.md`) they are loom's, which tries the orders
//! in which threads can run; everywhere else they are std's, by name.

#[cfg(all(test, feature = "model"))]
pub(crate) use loom::sync::{Mutex, MutexGuard, atomic};
#[cfg(not(all(test, feature = "model")))]
pub(crate) use std::sync::{Mutex, MutexGuard, atomic};

/// A value of the process, made when it is first asked for; in a model, a value of each run of it.
macro_rules! process_wide {
    ($(#[$attribute:meta])* static $name:ident: $type:ty = $value:expr;) => {
        #[cfg(not(all(test, feature = "model")))]
        $(#[$attribute])*
        static $name: std::sync::LazyLock<$type> = std::sync::LazyLock::new(|| $value);
        #[cfg(all(test, feature = "model"))]
        loom::lazy_static! {
            $(#[$attribute])*
            static ref $name: $type = $value;
        }
    };
}
pub(crate) use process_wide;
